#include "engine/specs/big_numbers.h"

#include <cassert>
#include <deque>
#include <mutex>
#include <unordered_map>

#include <gmpxx.h>

namespace ty::engine::specs {

namespace {

constexpr std::size_t kMostBits = 100'000;

} // namespace

static_assert(sizeof(long) == sizeof(Number), "GMP takes a small number as a long");

struct BigNumbers::Pool {
    mutable std::mutex mutex;
    std::deque<mpz_class> values;
    std::unordered_map<std::string, Number> handles; ///< by base-62 text

    mpz_class valueOf(Number number) const
    {
        if (isSmall(number)) {
            return {static_cast<long>(number)};
        }
        return values[static_cast<std::size_t>(number - kLimit)];
    }

    Number keep(const mpz_class& value)
    {
        if (value.fits_slong_p() && isSmall(value.get_si())) {
            return value.get_si();
        }
        const auto next = kLimit + static_cast<Number>(values.size());
        const auto [entry, isNew] = handles.emplace(value.get_str(62), next);
        if (isNew) {
            values.push_back(value);
        }
        return entry->second;
    }
};

BigNumbers::BigNumbers() : m_pool(std::make_unique<Pool>()) {}
BigNumbers::~BigNumbers() = default;

Number BigNumbers::compute(char sign, Number a, Number b)
{
    const std::lock_guard lock(m_pool->mutex);
    const auto left = m_pool->valueOf(a);
    const auto right = m_pool->valueOf(b);
    mpz_class result;
    switch (sign) {
    case '+':
        result = left + right;
        break;
    case '-':
        result = left - right;
        break;
    case '*':
        result = left * right;
        break;
    case '/':
        assert(right != 0);
        mpz_tdiv_q(result.get_mpz_t(), left.get_mpz_t(), right.get_mpz_t());
        break;
    default:
        assert(right > 0);
        mpz_fdiv_r(result.get_mpz_t(), left.get_mpz_t(), right.get_mpz_t());
        break;
    }
    return m_pool->keep(result);
}

bool BigNumbers::isLessBig(Number a, Number b) const
{
    const std::lock_guard lock(m_pool->mutex);
    return m_pool->valueOf(a) < m_pool->valueOf(b);
}

bool BigNumbers::isProductKept(Number a, Number b) const
{
    const std::lock_guard lock(m_pool->mutex);
    const auto bits = [this](Number number) { return mpz_sizeinbase(m_pool->valueOf(number).get_mpz_t(), 2); };
    return bits(a) + bits(b) <= kMostBits;
}

Number BigNumbers::fromText(std::string_view digits)
{
    const std::lock_guard lock(m_pool->mutex);
    return m_pool->keep(mpz_class(std::string(digits), 10));
}

std::string BigNumbers::text(Number number) const
{
    if (isSmall(number)) {
        return std::to_string(number);
    }
    const std::lock_guard lock(m_pool->mutex);
    return m_pool->valueOf(number).get_str();
}

} // namespace ty::engine::specs
