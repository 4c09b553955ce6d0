# Print what Perl's Text::vCard reads in each card named on the command line, as one JSON list.
# It leaves "\n" in a note as it is, and does not decode photos, so it is asked for neither.

use strict;
use warnings;
use JSON::PP;
use Text::vCard::Addressbook;

sub read_card {
    my ($path) = @_;
    my ($card) = Text::vCard::Addressbook->new({ source_file => $path })->vcards;
    my %label_of = map { ($_->group || '', $_->value) } grep { defined } $card->get('x-ablabel');
    my @numbers = map {
        my $number = $_;
        [$number->value, (grep { $_ eq 'pref' } $number->types) ? JSON::PP::true : JSON::PP::false,
            $label_of{ $number->group // '' } // '']
    } $card->get('tel');
    return { name => $card->fullname, organization => '', note => '', website => '', photo_sha256 => undef,
        numbers => \@numbers, complaints => [] };
}

print JSON::PP->new->utf8->encode([map { read_card($_) } @ARGV]);
