#include <QtTest>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/backends/cpu/joint_gradients.h"
#include "engine/backends/cpu/kernel.h"
#include "engine/backends/cpu/shared_units.h"

using namespace ty::engine;

namespace {

/// What happened, in order.
class Course {
public:
    void add(const std::string& event)
    {
        const std::lock_guard lock(m_mutex);
        m_events.push_back(event);
    }
    std::size_t placeOf(const std::string& event) const
    {
        return static_cast<std::size_t>(std::find(m_events.begin(), m_events.end(), event) - m_events.begin());
    }
    std::size_t count() const { return m_events.size(); }

private:
    std::mutex m_mutex;
    std::vector<std::string> m_events;
};

Kernel kernelOf(const std::string& name, int shares, Course& course)
{
    KernelParts parts;
    parts.shares = shares;
    parts.begin = [&course, name](const RunContext&) { course.add(name + " begins"); };
    parts.work = [&course, name](const RunContext&, int share) { course.add(name + std::to_string(share)); };
    parts.end = [&course, name](const RunContext&) { course.add(name + " ends"); };
    return parts;
}

} // namespace

class TestKernelParts : public QObject {
    Q_OBJECT

private slots:
    void aKernelOfPartsBeginsWorksAndEnds();
    void partsMayHaveNeitherBeginNorEnd();
    void eachThreadGoesOnWithTheSecondKernel();
    void kernelsOfUnequallyManyThreadsRunBesideEachOther();
    void theSecondKernelsScratchLiesBehindTheFirst();
    void whoIsHeldUpInTheFirstIsMadeUpForInTheSecond();
    void gradientsAreJointUnlessOneWritesWhatTheOtherHas();
};

void TestKernelParts::aKernelOfPartsBeginsWorksAndEnds()
{
    Course course;
    const Kernel kernel = kernelOf("a", 2, course);
    QVERIFY(kernel);
    kernel({});
    QCOMPARE(course.count(), std::size_t{4});
    QCOMPARE(course.placeOf("a begins"), std::size_t{0});
    QCOMPARE(course.placeOf("a ends"), std::size_t{3});
    QVERIFY(course.placeOf("a0") < 3 && course.placeOf("a1") < 3);
}

void TestKernelParts::partsMayHaveNeitherBeginNorEnd()
{
    int calls = 0;
    KernelParts parts;
    parts.work = [&calls](const RunContext&, int) { ++calls; };
    const Kernel one = parts;
    one({});
    besideEachOther(one, one)({});
    QCOMPARE(calls, 3);
    QVERIFY(!Kernel());
    const Kernel whole = [](const RunContext&) {};
    QVERIFY(whole && whole.parts() == nullptr);
}

void TestKernelParts::eachThreadGoesOnWithTheSecondKernel()
{
    Course course;
    besideEachOther(kernelOf("a", 2, course), kernelOf("b", 2, course))({});
    QCOMPARE(course.count(), std::size_t{8});
    QVERIFY(course.placeOf("a0") < course.placeOf("b0"));
    QVERIFY(course.placeOf("a1") < course.placeOf("b1"));
    for (const char* begin : {"a begins", "b begins"}) {
        QVERIFY(course.placeOf(begin) < 2);
    }
    for (const char* end : {"a ends", "b ends"}) {
        QVERIFY(course.placeOf(end) >= 6);
    }
}

void TestKernelParts::kernelsOfUnequallyManyThreadsRunBesideEachOther()
{
    Course course;
    besideEachOther(kernelOf("a", 1, course), kernelOf("b", 3, course))({});
    QCOMPARE(course.count(), std::size_t{8}); // a0, b0, b1, b2, two begins, two ends
    QVERIFY(course.placeOf("b2") < 8 && course.placeOf("a1") == 8);
}

void TestKernelParts::theSecondKernelsScratchLiesBehindTheFirst()
{
    const auto filler = [](std::size_t bytes, unsigned char value) {
        KernelParts parts;
        parts.scratchBytes = bytes;
        const auto fill = [bytes, value](const RunContext& context) {
            std::fill(context.scratch, context.scratch + bytes, std::byte{value});
        };
        const auto check = [bytes, value](const RunContext& context) {
            const auto isOther = [value](std::byte byte) { return byte != std::byte{value}; };
            QVERIFY(std::none_of(context.scratch, context.scratch + bytes, isOther));
        };
        parts.begin = fill;
        parts.work = [check](const RunContext& context, int) { check(context); };
        parts.end = check;
        return Kernel(parts);
    };
    const Kernel both = besideEachOther(filler(100, 1), filler(200, 2));
    std::vector<std::byte> scratch(both.parts()->scratchBytes);
    QVERIFY(scratch.size() >= 300);
    both({scratch.data(), 0, 0});
}

void TestKernelParts::whoIsHeldUpInTheFirstIsMadeUpForInTheSecond()
{
    std::atomic<int> done = 0;
    KernelParts sums; // the first thread cannot finish until the other has done all of the second kernel
    sums.shares = 2;
    sums.work = [&done](const RunContext&, int share) {
        while (share == 0 && done < 50) {
            std::this_thread::yield();
        }
    };
    SharedUnits units(50, 2);
    KernelParts shared;
    shared.shares = 2;
    shared.work = [&](const RunContext&, int share) {
        while (units.take(share, 1).count > 0) {
            ++done;
        }
    };
    besideEachOther(sums, shared)({});
    QCOMPARE(done.load(), 50);
}

void TestKernelParts::gradientsAreJointUnlessOneWritesWhatTheOtherHas()
{
    Graph graph;
    const ValueId dy = graph.addInput("dy", {1, 16, 2, 2});
    const ValueId x = graph.addInput("x", {1, 16, 2, 2});
    const ValueId weight = graph.addParameter("w", {16, 16, 1, 1});
    ConvolutionAttributes attributes;
    attributes.resultShape = {16, 16, 1, 1};
    const ValueId dw = graph.apply(OpKind::Conv2dWeightGrad, {dy, x}, attributes);
    attributes.resultShape = {1, 16, 2, 2};
    const ValueId dx = graph.apply(OpKind::Conv2dInputGrad, {dy, weight}, attributes);
    const Node& ofWeight = graph.node(graph.value(dw).producer);
    const Node& ofInput = graph.node(graph.value(dx).producer);

    Course course;
    const Kernel parts = kernelOf("a", 1, course);
    const Kernel whole = [](const RunContext&) {};
    std::vector<float> memory(2'000);
    const auto isJoint = [&](float* dxPlace, float* dwPlace, const Kernel& second) {
        KernelBuilder builder(graph, dnnl::engine(dnnl::engine::kind::cpu, 0), dnnl::stream(), 1);
        builder.setPointer(dy, memory.data());
        builder.setPointer(x, memory.data() + 64);
        builder.setPointer(weight, memory.data() + 128);
        builder.setPointer(dw, dwPlace);
        builder.setPointer(dx, dxPlace);
        const bool is = static_cast<bool>(jointGradients(builder, ofWeight, parts, ofInput, second));
        const bool isTurned = static_cast<bool>(jointGradients(builder, ofInput, second, ofWeight, parts));
        return is == isTurned && is;
    };
    float* free = memory.data() + 384;
    QVERIFY(isJoint(free, free + 64, parts));
    QVERIFY2(!isJoint(free, free + 64, whole), "a kernel that is not made of parts");
    QVERIFY2(!isJoint(memory.data() + 64, free + 64, parts), "dx takes the place of x");
    QVERIFY2(!isJoint(memory.data() + 127, free + 64, parts), "dx begins with x's last float");
    QVERIFY2(!isJoint(free, memory.data() + 128, parts), "dw takes the place of the weight");
    QVERIFY2(!isJoint(free, free + 63, parts), "both write the same float");
}

QTEST_GUILESS_MAIN(TestKernelParts)
#include "tst_kernel_parts.moc"
