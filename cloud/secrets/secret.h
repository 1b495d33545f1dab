#pragma once

#include <string>

namespace ty::cloud {

/// A password, key or token in memory: wiped when it goes, never printed by accident, because it does not turn into a
/// string by itself.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : m_value(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    bool isEmpty() const { return m_value.empty(); }
    /// The text itself, for the one place that sends, signs or stores it.
    const std::string& reveal() const { return m_value; }
    /// In a time that does not tell where they differ.
    bool operator==(const Secret& other) const;

private:
    void wipe();

    std::string m_value;
};

} // namespace ty::cloud
