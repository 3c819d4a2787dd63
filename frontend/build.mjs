// Builds every static file of the front end from pinned packages and our own sources, into one ignored folder.
// Called by build.py, which decides whether there is anything to do.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const modules = path.join(root, "node_modules");
const out = path.resolve(root, process.argv[2] ?? "src/passerelle/static/build");

// What a brand may choose in brand.toml as look.font. Browsers fetch a family only when a page uses it.
const FAMILIES = [
  { name: "Atkinson Hyperlegible Next", package: "atkinson-hyperlegible-next", italic: true },
  { name: "Atkinson Hyperlegible Mono", package: "atkinson-hyperlegible-mono" },
  { name: "Public Sans", package: "public-sans" },
];
const SUBSETS = ["latin", "latin-ext"];

const ICONS = [
  "alert-triangle", "arrow-left", "arrow-right", "building-factory-2", "calendar", "check", "chevron-down",
  "chevron-left", "chevron-right", "circle-check", "circle-x", "clock", "download", "external-link", "file-text",
  "help-circle", "home", "inbox", "info-circle", "key", "list-check", "lock", "logout", "mail", "printer", "search",
  "send", "user", "users", "x",
];

const BUDGET = { "portal.css": 30, "portal.js": 25, "passkeys.js": 2 };
const TARGETS = ["chrome123", "edge123", "firefox120", "safari17.5"];

function baseStyles() {
  const compiled = sass.compile(path.join(here, "base.scss"), { style: "compressed", charset: false, quietDeps: true });
  return compiled.css;
}

// Takes the faces of the wanted subsets from the package's own style sheet, under the family's plain name.
async function faces(family, style) {
  const folder = path.join(modules, "@fontsource-variable", family.package);
  const source = await readFile(path.join(folder, style === "italic" ? "wght-italic.css" : "index.css"), "utf8");
  const blocks = source.match(/@font-face\s*{[^}]*}/g) ?? [];
  const kept = [];
  for (const subset of SUBSETS) {
    const file = `${family.package}-${subset}-wght-${style}.woff2`;
    const block = blocks.find((text) => text.includes(`/${file}`));
    if (!block) throw new Error(`${family.package} has no face ${file}`);
    await cp(path.join(folder, "files", file), path.join(out, "fonts", file));
    kept.push(
      block
        .replace(/font-family:[^;]*;/, `font-family: "${family.name}";`)
        .replace(/url\([^)]*\)\s*format\([^)]*\)/, `url(./fonts/${file}) format("woff2")`),
    );
  }
  return kept.join("\n");
}

async function fontStyles() {
  await mkdir(path.join(out, "fonts"), { recursive: true });
  const parts = [];
  for (const family of FAMILIES) {
    parts.push(await faces(family, "normal"));
    if (family.italic) parts.push(await faces(family, "italic"));
  }
  // A local face with the same widths, so that text does not move when the real one arrives.
  parts.push('@font-face{font-family:"Portal fallback";src:local("Arial"),local("Liberation Sans");size-adjust:100.5%;ascent-override:95%;descent-override:28%;line-gap-override:0%}');
  return parts.join("\n");
}

function virtual(contents) {
  return {
    name: "virtual",
    setup(build) {
      build.onResolve({ filter: /^virtual:/ }, (args) => ({ path: args.path, namespace: "virtual" }));
      build.onLoad({ filter: /.*/, namespace: "virtual" }, async (args) => ({
        contents: await contents[args.path](),
        loader: "css",
        resolveDir: out,
      }));
    },
  };
}

// Packages name their own sites in messages and in a logo that we do not show. No output names a host of others.
function withoutAddresses(text) {
  return text.replace(/https?:\/\/(?!www\.w3\.org\/)[^\s"'`)]+/g, "#");
}

const noAddresses = {
  name: "no-addresses",
  setup(build) {
    build.onLoad({ filter: /node_modules.*\.m?js$/ }, async (args) => ({
      contents: withoutAddresses(await readFile(args.path, "utf8")),
      loader: "js",
    }));
  },
};

async function icons() {
  const symbols = [];
  for (const name of ICONS) {
    const svg = await readFile(path.join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const inner = svg
      .replace(/<!--[\s\S]*?-->/g, "")
      .replace(/<svg[^>]*>/, "")
      .replace("</svg>", "")
      .replace(/<path[^>]*d="M0 0h24v24H0z"[^>]*\/>/, "")
      .replace(/\s+/g, " ")
      .trim();
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`);
  }
  await writeFile(path.join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

async function main() {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const common = { bundle: true, minify: true, target: TARGETS, legalComments: "none", logLevel: "warning", absWorkingDir: root };
  await esbuild.build({
    ...common,
    entryPoints: [path.join(here, "portal.css")],
    outfile: path.join(out, "portal.css"),
    external: ["./fonts/*"],
    plugins: [virtual({ "virtual:fonts": fontStyles, "virtual:base": async () => baseStyles() })],
  });
  await esbuild.build({ ...common, format: "esm", entryPoints: [path.join(here, "js/portal.js")], outfile: path.join(out, "portal.js") });
  await esbuild.build({ ...common, format: "esm", entryPoints: [path.join(here, "js/passkeys.js")], outfile: path.join(out, "passkeys.js") });
  await esbuild.build({
    ...common,
    format: "esm",
    entryPoints: [path.join(here, "js/altcha.js")],
    outfile: path.join(out, "altcha.js"),
    plugins: [noAddresses],
  });
  await cp(path.join(modules, "altcha/dist_external/altcha.css"), path.join(out, "altcha.css"));
  const worker = await readFile(path.join(modules, "altcha/dist_external/worker.js"), "utf8");
  await writeFile(path.join(out, "worker.js"), withoutAddresses(worker));
  await cp(path.join(modules, "htmx.org/dist/htmx.min.js"), path.join(out, "htmx.js"));
  await icons();

  const files = {};
  for (const name of (await readdir(out)).sort()) {
    if (!/\.(css|js|svg)$/.test(name)) continue;
    const bytes = await readFile(path.join(out, name));
    files[name] = { hash: createHash("sha256").update(bytes).digest("hex").slice(0, 12), gzip: gzipSync(bytes, { level: 9 }).length };
  }
  for (const [name, limit] of Object.entries(BUDGET)) {
    const size = files[name].gzip / 1024;
    if (size > limit) throw new Error(`${name} is ${size.toFixed(1)} KB gzipped; the budget is ${limit} KB`);
  }
  await writeFile(path.join(out, "manifest.json"), JSON.stringify(files, null, 1) + "\n");
  for (const [name, { gzip }] of Object.entries(files)) console.log(`${name.padEnd(12)} ${(gzip / 1024).toFixed(1).padStart(6)} KB gzipped`);
}

await main();
