// Print what ical.js reads in each card named on the command line, as one JSON list.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

function read(path) {
  const card = new ICAL.Component(ICAL.parse(readFileSync(path, "utf8")));
  const value = (name) => card.getFirstPropertyValue(name) ?? "";
  const labels = new Map(
    card.getAllProperties("x-ablabel").map((label) => [label.getFirstParameter("group"), label.getFirstValue()]),
  );
  const photo = card.getFirstPropertyValue("photo");
  return {
    name: value("fn"),
    organization: String(value("org")),
    note: value("note"),
    website: String(value("url")),
    photo_sha256: photo && createHash("sha256").update(Buffer.from(String(photo), "base64")).digest("hex"),
    numbers: card.getAllProperties("tel").map((number) => [
      number.getFirstValue(),
      [number.getParameter("type")].flat().includes("PREF"),
      labels.get(number.getFirstParameter("group") ?? "none") ?? "",
    ]),
    complaints: [],
  };
}

console.log(JSON.stringify(process.argv.slice(2).map(read)));
