// Fills portal/static/vendor from node_modules: what pages and documents need, and nothing else.
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { subset } from "./tabler-subset.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, "node_modules");
const own = path.join(here, "..", "static", "css");
const vendor = path.join(here, "..", "static", "vendor");

const from = (...parts) => path.join(modules, ...parts);
const to = (...parts) => path.join(vendor, ...parts);

async function copy(source, target) {
  await mkdir(path.dirname(target), { recursive: true });
  await cp(source, target);
}

async function ownStyles() {
  const names = (await readdir(own)).filter((name) => name.endsWith(".css"));
  const texts = await Promise.all(names.map((name) => readFile(path.join(own, name), "utf8")));
  return texts.join("\n");
}

async function styles() {
  const whole = await readFile(from("@tabler", "core", "dist", "css", "tabler.min.css"), "utf8");
  await writeFile(to("tabler.css"), subset(whole, await ownStyles()));
}

// The declarations of these faces are ours (static/css/fonts.css): two scripts and the weights that the pages use.
async function webFonts() {
  const golos = from("@fontsource-variable", "golos-text", "files");
  const serif = from("@fontsource", "pt-serif", "files");
  for (const script of ["cyrillic", "latin"]) {
    const name = `golos-text-${script}-wght-normal.woff2`;
    await copy(path.join(golos, name), to("fonts", name));
    for (const weight of ["400", "700"]) {
      const face = `pt-serif-${script}-${weight}-normal.woff2`;
      await copy(path.join(serif, face), to("fonts", face));
    }
  }
}

// PDF needs full faces: a subset per script has no Latin digits in the Cyrillic file.
async function documentFonts() {
  for (const family of ["pt-serif", "pt-sans"]) {
    const root = from("@expo-google-fonts", family);
    for (const face of ["400Regular", "400Regular_Italic", "700Bold", "700Bold_Italic"]) {
      const file = (await readdir(path.join(root, face))).find((name) => name.endsWith(".ttf"));
      await copy(path.join(root, face, file), to("fonts-pdf", `${family}-${face.replace("_", "-").toLowerCase()}.ttf`));
    }
  }
}

async function licences() {
  const wanted = JSON.parse(await readFile(path.join(here, "package.json"), "utf8")).dependencies;
  const rows = [];
  for (const name of Object.keys(wanted).sort()) {
    const meta = JSON.parse(await readFile(from(name, "package.json"), "utf8"));
    rows.push({ name, version: meta.version, licence: meta.license });
  }
  await writeFile(to("licences.json"), `${JSON.stringify(rows, null, 2)}\n`);
}

await rm(vendor, { recursive: true, force: true });
await mkdir(vendor, { recursive: true });
await styles();
await webFonts();
await documentFonts();
await copy(from("htmx.org", "dist", "htmx.min.js"), to("htmx.min.js"));
await copy(from("axe-core", "axe.min.js"), to("axe.min.js"));
await licences();
console.log(`portal/static/vendor: ${(await readdir(vendor)).join(", ")}`);
