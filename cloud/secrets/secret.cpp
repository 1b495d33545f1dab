#include "cloud/secrets/secret.h"

#include <utility>

#include <openssl/crypto.h>

namespace ty::cloud {

Secret::Secret(Secret&& other) noexcept
    : m_value(other.m_value)
{
    // Copied, not moved: short strings live inside the object and would stay behind in the other.
    other.wipe();
}

Secret& Secret::operator=(const Secret& other)
{
    if (this != &other) {
        wipe();
        m_value = other.m_value;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept
{
    if (this != &other) {
        wipe();
        m_value = other.m_value;
        other.wipe();
    }
    return *this;
}

Secret::~Secret()
{
    wipe();
}

bool Secret::operator==(const Secret& other) const
{
    return m_value.size() == other.m_value.size()
        && CRYPTO_memcmp(m_value.data(), other.m_value.data(), m_value.size()) == 0;
}

void Secret::wipe()
{
    OPENSSL_cleanse(m_value.data(), m_value.size());
    m_value.clear();
}

} // namespace ty::cloud
