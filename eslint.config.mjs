import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", ".test-build/", "coverage/", "node_modules/", "test/fixtures/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.dev.json", "./nodes/editor/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // "" means "not given" in settings and in what BMW sends.
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true } }],
      // `default` covers the rest, e.g. of `typeof`.
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_" }],
      // Where there are no enums, nothing wrong can be assigned to one; to look for that takes a tenth of the whole run.
      "no-restricted-syntax": ["error", { selector: "TSEnumDeclaration", message: "Use a union of words." }],
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      // An interface may be satisfied by an async function that happens not to wait.
      "@typescript-eslint/require-await": "off",
      "no-console": "error",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 80, skipBlankLines: true, skipComments: true }],
      complexity: ["error", 12],
    },
  },
  {
    // Layers: src/ is a plain library and never knows Node-RED.
    files: ["src/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: ["node-red", "node-red/*", "**/nodes/*"] }] },
  },
  {
    // The editor reads fields and stored properties whose types only the browser knows.
    files: ["nodes/editor/**/*.ts"],
    rules: {
      "@typescript-eslint/no-base-to-string": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
    },
  },
  {
    // Runs in the console of BMW's page and tells there what it has done.
    files: ["nodes/editor/widgets/tick-boxes.ts"],
    rules: { "no-console": "off" },
  },
  {
    // One table for each language.
    files: ["src/homeassistant/languages/*.ts"],
    rules: { "max-lines": "off" },
  },
  {
    // Command-line programs talk to a terminal; a suite may be one long callback.
    files: ["test/**/*.ts", "bench/**/*.ts", "demo/**/*.ts"],
    rules: {
      "no-console": "off",
      "max-lines-per-function": "off",
      "max-lines": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      // Dear, and the compiler itself refuses what is no instance wherever a class has private members, as nearly all have.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // Assertion functions narrow types, after which a guard looks needless.
      "@typescript-eslint/no-unnecessary-condition": "off",
    },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: {
      globals: Object.fromEntries(
        ["console", "process", "URL", "fetch", "setTimeout", "clearTimeout"].map((name) => [name, "readonly"]),
      ),
    },
  },
);
