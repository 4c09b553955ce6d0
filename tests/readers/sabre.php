<?php
// Print what sabre/vobject, the reader of Nextcloud and Baïkal, reads in each card named on the command line, as one JSON list.

error_reporting(E_ALL & ~E_DEPRECATED); // Debian's version is older than its PHP
require 'Sabre/VObject/autoload.php';

function read(string $path): array
{
    $card = Sabre\VObject\Reader::read(file_get_contents($path));
    $text = fn ($property) => (string) $property;
    $labels = [];
    foreach ($card->select('X-ABLABEL') as $label) {
        $labels[$label->group] = (string) $label;
    }
    $numbers = [];
    foreach ($card->select('TEL') as $number) {
        $isPrimary = in_array('PREF', explode(',', (string) $number['TYPE']), true);
        $numbers[] = [(string) $number, $isPrimary, $labels[$number->group ?? ''] ?? ''];
    }
    return [
        'name' => $text($card->FN),
        'organization' => $text($card->ORG),
        'note' => $text($card->NOTE),
        'website' => $text($card->URL),
        'photo_sha256' => $card->PHOTO ? hash('sha256', base64_decode((string) $card->PHOTO)) : null,
        'numbers' => $numbers,
        'complaints' => [],
    ];
}

echo json_encode(array_map('read', array_slice($argv, 1)));
