// Print what vcard4-ts reads in each card named on the command line, as one JSON list.
// It tells a number's group to nobody, so every label is null. It knows 4.0 only, and says so of each card.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseVCards } from "vcard4-ts";

function read(path) {
  const { vCards, nags } = parseVCards(readFileSync(path, "utf8"));
  const [card] = vCards;
  const photo = card.PHOTO?.[0].value;
  const complaints = [...(nags ?? []), ...(card.nags ?? [])].filter((nag) => nag.attributes?.property !== "VERSION");
  return {
    name: card.FN[0].value,
    organization: card.ORG[0].value.join(";"),
    note: card.NOTE?.[0].value ?? "",
    website: card.URL?.[0].value ?? "",
    photo_sha256: photo ? createHash("sha256").update(Buffer.from(photo, "base64")).digest("hex") : null,
    numbers: card.TEL.map((number) => [number.value, number.parameters?.TYPE?.includes("PREF") ?? false, null]),
    complaints: complaints.map((nag) => JSON.stringify(nag)),
  };
}

console.log(JSON.stringify(process.argv.slice(2).map(read)));
