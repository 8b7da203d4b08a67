"use strict";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();

// References are followed from the address of the document. From disk that would be file:, which the
// viewer cannot follow; this name is resolved inside the document and asked of nobody.
const named = {
  statePlugins: { spec: { wrapSelectors: { url: () => () => "https://ackproof.example/openapi.json" } } },
};

SwaggerUIBundle({
  dom_id: "#viewer",
  spec: CONTRACT,
  deepLinking: true,
  defaultModelExpandDepth: 2,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  filter: true,
  plugins: [named],
  showExtensions: true,
  supportedSubmitMethods: [],
  validatorUrl: null,
});
