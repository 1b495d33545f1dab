#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <QByteArray>
#include <QTest>

#include "engine/base/result.h"

namespace ty::test {

inline std::span<const std::byte> bytesOf(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

inline QByteArray textOf(const auto& result)
{
    return result ? QByteArray("fine") : QByteArray::fromStdString(result.error().message);
}

} // namespace ty::test

/// Fails with the error's words.
#define FINE(expression)                                                                                                   \
    do {                                                                                                                   \
        const auto outcome = (expression);                                                                                 \
        QVERIFY2(outcome, ty::test::textOf(outcome).constData());                                                          \
    } while (false)
