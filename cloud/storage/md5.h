#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace ty::cloud {

/// MD5 piece by piece: what stores keep with a file to tell damage, not to tell forgery.
class Md5 {
public:
    Md5();
    ~Md5();
    Md5(Md5&& other) noexcept;
    Md5& operator=(Md5&& other) noexcept;

    void add(std::span<const std::byte> bytes);
    /// 32 hexadecimal digits; nothing may be added after.
    std::string finish();

    static std::string of(std::span<const std::byte> bytes);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace ty::cloud
