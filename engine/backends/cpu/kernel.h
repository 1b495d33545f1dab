#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace ty::engine {

/// What changes from run to run.
struct RunContext {
    std::byte* scratch = nullptr; ///< of the kernel that runs, as large as the largest wish
    std::uint32_t dropoutKey0 = 0;
    std::uint32_t dropoutKey1 = 0;
};

/// A kernel in three parts, the second of which waits for nobody: two such kernels can run beside each other.
struct KernelParts {
    int shares = 1;                               ///< threads that `work` is for
    std::function<void(const RunContext&)> begin; ///< on the thread that runs the kernel; may be empty
    std::function<void(const RunContext&, int share)> work; ///< once for each share, each on a thread of its own
    std::function<void(const RunContext&)> end; ///< when all have done; may be empty
    std::size_t scratchBytes = 0;
};

/// One node, ready to run: pointers, shapes and primitives are inside. Copies are the same kernel.
class Kernel {
public:
    Kernel() = default;
    template<typename Run>
        requires std::invocable<const Run&, const RunContext&> && (!std::same_as<Run, Kernel>)
    Kernel(Run run) : m_run(std::move(run))
    {
    }
    Kernel(KernelParts parts);

    explicit operator bool() const { return static_cast<bool>(m_run); }
    void operator()(const RunContext& context) const { m_run(context); }
    /// Null where it is not made of parts.
    const KernelParts* parts() const { return m_parts.get(); }

private:
    std::function<void(const RunContext&)> m_run;
    std::shared_ptr<const KernelParts> m_parts;
};

/// Both as one: each thread does its share of the first and goes on with the second, without waiting for the others.
/// Where the second shares out its work as it goes, this makes up for threads that were unequally fast in the first.
/// Precondition: both are made of parts, and neither reads or writes what the other writes.
Kernel besideEachOther(const Kernel& first, const Kernel& second);

} // namespace ty::engine
