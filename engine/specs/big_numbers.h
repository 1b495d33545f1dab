#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace ty::engine::specs {

/// An integer of a machine's state: itself where it is small, else the handle of a big one. Equal numbers have equal handles,
/// so that states compare and hash word by word.
using Number = std::int64_t;

/// Arithmetic on Number, exact at every size. Holds each big value once; any thread.
class BigNumbers {
public:
    BigNumbers();
    ~BigNumbers();
    BigNumbers(const BigNumbers&) = delete;
    BigNumbers& operator=(const BigNumbers&) = delete;

    /// Whether the word is the value itself: |value| < 2^61.
    static bool isSmall(Number number) { return number > -kLimit && number < kLimit; }

    Number add(Number a, Number b)
    {
        if (isSmall(a) && isSmall(b)) {
            const auto sum = a + b; // below 2^62: cannot overflow
            return isSmall(sum) ? sum : compute('+', a, b);
        }
        return compute('+', a, b);
    }
    Number subtract(Number a, Number b)
    {
        if (isSmall(a) && isSmall(b)) {
            const auto difference = a - b;
            return isSmall(difference) ? difference : compute('-', a, b);
        }
        return compute('-', a, b);
    }
    Number multiply(Number a, Number b)
    {
        Number product = 0;
        if (isSmall(a) && isSmall(b) && !__builtin_mul_overflow(a, b, &product) && isSmall(product)) {
            return product;
        }
        return compute('*', a, b);
    }
    /// Whether the product has at most 100,000 bits; multiply() may be called only then.
    bool canMultiply(Number a, Number b) const { return (isSmall(a) && isSmall(b)) || isProductKept(a, b); }
    /// Towards zero, as B divides; b is not 0.
    Number divide(Number a, Number b) { return isSmall(a) && isSmall(b) ? a / b : compute('/', a, b); }
    /// In 0..b-1; b is above 0.
    Number modulo(Number a, Number b)
    {
        if (isSmall(a) && isSmall(b)) {
            const auto rest = a % b;
            return rest < 0 ? rest + b : rest;
        }
        return compute('%', a, b);
    }
    bool isLess(Number a, Number b) const { return isSmall(a) && isSmall(b) ? a < b : isLessBig(a, b); }

    /// `digits` with an optional sign.
    Number fromText(std::string_view digits);
    std::string text(Number number) const;

private:
    static constexpr Number kLimit = Number{1} << 61;

    Number compute(char sign, Number a, Number b);
    bool isLessBig(Number a, Number b) const;
    bool isProductKept(Number a, Number b) const;

    struct Pool;
    std::unique_ptr<Pool> m_pool;
};

} // namespace ty::engine::specs
