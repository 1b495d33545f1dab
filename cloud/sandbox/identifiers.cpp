#include "cloud/sandbox/identifiers.h"

#include <random>

#include <fmt/format.h>

#include "cloud/sandbox/keys.h"

namespace ty::sandbox {

namespace {

std::uint64_t entropy()
{
    std::random_device device;
    return (std::uint64_t{device()} << 32) ^ device();
}

/// Version and variant bits as RFC 4122 wants them in a version 4 GUID.
std::string guidText(std::uint64_t high, std::uint64_t low)
{
    high = (high & ~std::uint64_t{0xF000}) | 0x4000;
    low = (low & ~(std::uint64_t{0xC} << 60)) | (std::uint64_t{0x8} << 60);
    return fmt::format(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF, low >> 48,
        low & 0xFFFFFFFFFFFF);
}

} // namespace

Identifiers::Identifiers(std::uint64_t seed) : m_random(seed != 0 ? seed : entropy()) {}

std::string Identifiers::guid()
{
    const auto high = m_random.next();
    return guidText(high, m_random.next());
}

std::string Identifiers::hex(std::size_t digits)
{
    std::string text;
    while (text.size() < digits) {
        text += fmt::format("{:016x}", m_random.next());
    }
    return text.substr(0, digits);
}

std::string Identifiers::number()
{
    return fmt::format("{}", std::uint64_t{1'000'000'000'000'000'000} + m_random.below(8'000'000'000'000'000'000));
}

std::string Identifiers::macAddress()
{
    const auto bits = m_random.next();
    return fmt::format("00-0D-3A-{:02X}-{:02X}-{:02X}", bits & 0xFF, (bits >> 8) & 0xFF, (bits >> 16) & 0xFF);
}

std::string guidOf(const std::string& text)
{
    const std::string digest = sha256(text);
    std::uint64_t parts[2] = {};
    for (std::size_t i = 0; i < 16; ++i) {
        parts[i / 8] = (parts[i / 8] << 8) | static_cast<unsigned char>(digest[i]);
    }
    return guidText(parts[0], parts[1]);
}

} // namespace ty::sandbox
