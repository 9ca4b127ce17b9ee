/** Whether a node wants a descriptor: no patterns means all; `*` stands for any text. */
export type DescriptorFilter = (descriptor: string) => boolean;

const LARGEST_MEMORY = 2000;

export function descriptorFilter(patterns: readonly string[]): DescriptorFilter {
  const wanted = patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== "");
  if (wanted.length === 0) return () => true;
  const exact = new Set(wanted.filter((pattern) => !pattern.includes("*")));
  const wildcards = wanted.filter((pattern) => pattern.includes("*")).map(toRegExp);
  const remembered = new Map<string, boolean>();
  return (descriptor) => {
    const known = remembered.get(descriptor);
    if (known !== undefined) return known;
    const matches = exact.has(descriptor) || wildcards.some((wildcard) => wildcard.test(descriptor));
    if (remembered.size < LARGEST_MEMORY) remembered.set(descriptor, matches);
    return matches;
  };
}

function toRegExp(pattern: string): RegExp {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
