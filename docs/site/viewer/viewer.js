"use strict";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();

SwaggerUIBundle({
  dom_id: "#viewer",
  spec: CONTRACT,
  deepLinking: true,
  defaultModelExpandDepth: 2,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  filter: true,
  showExtensions: true,
  supportedSubmitMethods: [],
  validatorUrl: null,
});
