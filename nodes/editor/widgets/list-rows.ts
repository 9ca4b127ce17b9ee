/** Returns the rows of an editable list in their order, without those that are just fading out because they were deleted. */
export function rowsOf(list: Query): Query[] {
  const rows: Query[] = [];
  // A row may have faded out only after its dialog has closed.
  if (list[0]?.isConnected !== true) return rows;
  list.editableList("items").each(function () {
    const row = $(this);
    if (row.closest(".red-ui-editableList-item-deleting").length === 0) rows.push(row);
  });
  return rows;
}
