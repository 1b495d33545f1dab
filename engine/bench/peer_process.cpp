#include "engine/bench/peer_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

extern char** environ;

namespace ty::engine {

namespace {

Json describe(const BenchmarkCase& item, int threads)
{
    static constexpr std::array<const char*, 3> kOptimizers{"sgd", "adam", "adamw"};
    const auto optimizer = static_cast<std::size_t>(item.setup.optimizer);
    Json json{
        {"model", item.model.toJson()},
        {"batch", item.batch},
        {"threads", threads},
        {"vocabulary", item.vocabulary},
        {"loss", item.setup.loss == LossKind::MeanSquaredError ? "meanSquaredError" : "softmaxCrossEntropy"},
        {"momentum", item.setup.momentum},
        {"weightDecay", item.setup.weightDecay},
        {"precision", item.setup.precision == Precision::BFloat16 ? "bfloat16" : "float32"}};
    json["optimizer"] = optimizer < kOptimizers.size() ? kOptimizers[optimizer] : "adamw";
    return json;
}

} // namespace

Result<std::unique_ptr<PeerProcess>> PeerProcess::start(
    const std::string& interpreter, const std::filesystem::path& script, const BenchmarkCase& item, int threads)
{
    std::array<int, 2> in{-1, -1};
    std::array<int, 2> out{-1, -1};
    if (pipe2(in.data(), O_CLOEXEC) != 0) {
        return errnoError(errno, "cannot make", "a pipe");
    }
    if (pipe2(out.data(), O_CLOEXEC) != 0) {
        const int failure = errno;
        close(in[0]);
        close(in[1]);
        return errnoError(failure, "cannot make", "a pipe");
    }
    auto peer = std::unique_ptr<PeerProcess>(new PeerProcess);
    peer->m_questions = fdopen(in[1], "w");
    peer->m_answers = fdopen(out[0], "r");

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    const std::string file = script.string();
    std::array<char*, 3> words{const_cast<char*>(interpreter.c_str()), const_cast<char*>(file.c_str()), nullptr};
    const int failure = posix_spawnp(&peer->m_pid, interpreter.c_str(), &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    if (failure != 0) {
        peer->m_pid = -1;
        Error error = errnoError(failure, "cannot start", interpreter);
        error.advice = "Install Python 3 and PyTorch (Debian: python3-torch), or leave --peer out.";
        return error;
    }
    TY_TRY(const Json ready, peer->ask(describe(item, threads)));
    TY_TRY(peer->m_framework, jsonField<std::string>(ready, "framework", "the peer's answer"));
    TY_TRY(peer->m_parameters, jsonField<std::int64_t>(ready, "parameters", "the peer's answer"));
    return peer;
}

PeerProcess::~PeerProcess()
{
    if (m_questions != nullptr) {
        std::fclose(m_questions); // the end of its input ends it
    }
    if (m_answers != nullptr) {
        std::fclose(m_answers);
    }
    int status = 0;
    while (m_pid > 0 && waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
    }
}

Result<Json> PeerProcess::ask(const Json& question)
{
    const std::string line = toJsonLine(question) + "\n";
    const bool isWritten = std::fwrite(line.data(), 1, line.size(), m_questions) == line.size() && std::fflush(m_questions) == 0;
    char* answer = nullptr;
    std::size_t capacity = 0;
    const ssize_t length = isWritten ? getline(&answer, &capacity, m_answers) : -1;
    const std::string text = length > 0 ? std::string(answer, static_cast<std::size_t>(length)) : std::string();
    std::free(answer);
    if (text.empty()) {
        return Error{
            ErrorKind::Unsupported, "the peer ended without an answer; what it said stands above",
            "Is PyTorch there? Debian: apt install python3-torch. TRAINYARD_PYTHON names another interpreter."};
    }
    return parseJson(text, "the peer's answer");
}

Result<void> PeerProcess::run(double seconds, int fewest)
{
    TY_TRY(const Json answer, ask({{"seconds", seconds}, {"fewest", fewest}}));
    TY_TRY(const Json times, jsonField<Json>(answer, "seconds", "the peer's answer"));
    TY_TRY(m_peakResidentMiB, jsonField<double>(answer, "peakResidentMiB", "the peer's answer"));
    if (times.empty()) {
        return Error{ErrorKind::InvalidInput, "the peer's answer: \"seconds\" holds no time of a step", {}};
    }
    m_times.beginTurn();
    for (const Json& time : times) {
        if (!time.is_number()) {
            return Error{ErrorKind::InvalidInput, "the peer's answer: \"seconds\" holds something else than numbers", {}};
        }
        m_times.add(time.get<double>());
    }
    return {};
}

} // namespace ty::engine
