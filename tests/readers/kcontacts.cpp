// Print what KContacts, the library of KDE's address book, reads in each card named on the command line, as JSON.
// It stores no labels of numbers, so every label is null.

#include <KContacts/Addressee>
#include <KContacts/Picture>
#include <KContacts/VCardConverter>
#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTextStream>

static QJsonObject read(const QString &path)
{
    QFile file(path);
    file.open(QIODevice::ReadOnly);
    const KContacts::Addressee card = KContacts::VCardConverter().parseVCard(file.readAll());
    QJsonArray numbers;
    for (const auto &number : card.phoneNumbers()) {
        numbers.append(QJsonArray{number.number(), number.isPreferred(), QJsonValue::Null});
    }
    const QByteArray photo = card.photo().rawData();
    const QByteArray hash = QCryptographicHash::hash(photo, QCryptographicHash::Sha256).toHex();
    return {
        {"name", card.formattedName()},
        {"organization", card.organization()},
        {"note", card.note()},
        {"website", card.url().url().toString(QUrl::FullyEncoded)},
        {"photo_sha256", photo.isEmpty() ? QJsonValue::Null : QJsonValue(QString::fromLatin1(hash))},
        {"numbers", numbers},
        {"complaints", QJsonArray()},
    };
}

int main(int count, char **arguments)
{
    QJsonArray readings;
    for (int at = 1; at < count; at++) {
        readings.append(read(QString::fromLocal8Bit(arguments[at])));
    }
    QTextStream(stdout) << QJsonDocument(readings).toJson(QJsonDocument::Compact);
}
