// Print what ez-vcard reads in each card named on the command line, as one JSON list.

import ezvcard.VCard;
import ezvcard.io.text.VCardReader;
import ezvcard.parameter.TelephoneType;
import ezvcard.property.RawProperty;
import ezvcard.property.Telephone;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class Harness {
    public static void main(String[] paths) throws Exception {
        StringBuilder readings = new StringBuilder();
        for (String path : paths) {
            readings.append(readings.length() == 0 ? "[" : ",\n").append(read(Path.of(path)));
        }
        System.out.write((readings + "]\n").getBytes("UTF-8"));
        System.out.flush();
    }

    static String read(Path path) throws Exception {
        try (VCardReader reader = new VCardReader(Files.newInputStream(path))) {
            VCard card = reader.readNext();
            String numbers = card.getTelephoneNumbers().stream()
                .map(number -> number(card, number))
                .collect(Collectors.joining(","));
            return "{\"name\":" + quote(card.getFormattedName().getValue())
                + ",\"organization\":" + quote(String.join(";", card.getOrganization().getValues()))
                + ",\"note\":" + quote(card.getNotes().isEmpty() ? "" : card.getNotes().get(0).getValue())
                + ",\"website\":" + quote(card.getUrls().isEmpty() ? "" : card.getUrls().get(0).getValue())
                + ",\"photo_sha256\":" + (card.getPhotos().isEmpty() ? "null" : sha256(card.getPhotos().get(0).getData()))
                + ",\"numbers\":[" + numbers + "]"
                + ",\"complaints\":[" + reader.getWarnings().stream().map(w -> quote(w.toString())).collect(Collectors.joining(","))
                + "]}";
        }
    }

    static String number(VCard card, Telephone number) {
        Stream<RawProperty> labels = card.getExtendedProperties("X-ABLabel").stream();
        String label = labels
            .filter(candidate -> number.getGroup() != null && number.getGroup().equals(candidate.getGroup()))
            .map(RawProperty::getValue).findFirst().orElse("");
        return "[" + String.join(",", List.of(
            quote(number.getText()), String.valueOf(number.getTypes().contains(TelephoneType.PREF)), quote(label))) + "]";
    }

    static String sha256(byte[] data) throws Exception {
        return quote(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data)));
    }

    static String quote(String text) {
        return text.chars()
            .mapToObj(unit -> unit >= ' ' && unit < 127 && unit != '"' && unit != '\\'
                ? String.valueOf((char) unit) : String.format("\\u%04x", unit))
            .collect(Collectors.joining("", "\"", "\""));
    }
}
