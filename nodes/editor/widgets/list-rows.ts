/** Returns the rows of an editable list in their order, without those that are just fading out because they were deleted. */
export function rowsOf(list: Query): Query[] {
  const rows: Query[] = [];
  list.editableList("items").each(function () {
    const row = $(this);
    if (row.closest(".red-ui-editableList-item-deleting").length === 0) rows.push(row);
  });
  return rows;
}
