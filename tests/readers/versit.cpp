// Print what QtVersit, the reader of Sailfish and Ubuntu Touch phones, reads in each card named on the command line, as JSON.

#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QTextStream>
#include <QtVersit/QVersitDocument>
#include <QtVersit/QVersitReader>

QTVERSIT_USE_NAMESPACE

static QJsonObject read(const QString &path)
{
    QFile file(path);
    file.open(QIODevice::ReadOnly);
    QVersitReader reader(file.readAll());
    reader.startReading();
    reader.waitForFinished();
    const auto properties = reader.results().value(0).properties();
    QMap<QString, QString> texts, labels;
    QByteArray photo;
    for (const auto &each : properties) {
        const bool isList = each.variantValue().type() == QVariant::StringList;
        // It writes line breaks as CRLF, whatever the card has.
        texts[each.name()] = isList ? each.variantValue().toStringList().join(';') : each.value().replace("\r\n", "\n");
        if (each.name() == "X-ABLABEL") {
            labels[each.groups().value(0)] = each.value();
        } else if (each.name() == "PHOTO") {
            photo = each.variantValue().toByteArray();
        }
    }
    QJsonArray numbers;
    for (const auto &each : properties) {
        if (each.name() == "TEL") {
            const bool isPrimary = each.parameters().values("TYPE").contains("PREF");
            numbers.append(QJsonArray{each.value(), isPrimary, labels.value(each.groups().value(0), "")});
        }
    }
    const QByteArray hash = QCryptographicHash::hash(photo, QCryptographicHash::Sha256).toHex();
    return {
        {"name", texts["FN"]},
        {"organization", texts["ORG"]},
        {"note", texts["NOTE"]},
        {"website", texts["URL"]},
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
