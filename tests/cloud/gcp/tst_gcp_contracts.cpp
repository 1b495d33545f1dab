#include <algorithm>

#include <QTest>

#include "cloud/gcp/compute_operation.h"
#include "cloud/http/cloud_error.h"
#include "tests/cloud/gcp/gcp_cases.h"
#include "tests/cloud/support/contract_data.h"

using namespace ty;
using namespace ty::test;

namespace {

struct Method {
    std::string id;
    std::string method;
    std::string path;
};

std::vector<Method> methods()
{
    const Json index = contractJson("gcp/index.json");
    std::vector<Method> all;
    for (const Json& row : index.at("methods")) {
        Method method{row.at("id").get<std::string>(), row.at("method").get<std::string>(), row.at("path").get<std::string>()};
        if (method.id.starts_with("compute.")) {
            all.push_back(std::move(method));
        }
    }
    return all;
}

std::vector<std::string> parts(const std::string& path)
{
    std::vector<std::string> list;
    for (std::size_t start = 0; start <= path.size();) {
        const auto end = std::min(path.find('/', start), path.size());
        list.push_back(path.substr(start, end - start));
        start = end + 1;
    }
    return list;
}

bool matches(const Method& method, GcpExchange& exchange)
{
    const auto pattern = parts(method.path);
    const auto text = parts(exchange.path);
    if (method.method != exchange.method || pattern.size() != text.size()) {
        return false;
    }
    exchange.names.clear();
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i].starts_with('{')) {
            exchange.names[pattern[i].substr(1, pattern[i].size() - 2)] = text[i];
        } else if (pattern[i] != text[i]) {
            return false;
        }
    }
    exchange.id = method.id;
    return true;
}

/// Path behind the version: "https://compute.googleapis.com/compute/v1/projects/.." -> "projects/..".
std::string pathOf(const std::string& url)
{
    const auto start = url.find("/compute/v1/");
    return start == std::string::npos ? std::string() : url.substr(start + 12, url.find('?') - start - 12);
}

std::vector<GcpExchange> recordings()
{
    std::vector<GcpExchange> all;
    for (const std::string& file : contractFiles("gcp/recordings")) {
        const Json json = contractJson(file);
        int number = 0;
        for (const Json& each : json.at("exchanges")) {
            ++number;
            GcpExchange exchange;
            exchange.method = each.at("request").at("method").get<std::string>();
            exchange.path = pathOf(each.at("request").at("url").get<std::string>());
            const auto known = methods();
            if (std::none_of(known.begin(), known.end(), [&](const Method& m) { return matches(m, exchange); })) {
                continue; // accounts and addresses of the recording's set-up
            }
            exchange.name = file.substr(file.rfind('/') + 1) + " " + std::to_string(number) + " " + exchange.id;
            const auto body = each.at("request").find("body");
            if (body != each.at("request").end() && body->is_string() && !body->get<std::string>().empty()) {
                exchange.body = parseJson(body->get<std::string>(), "body").valueOr(Json());
            }
            exchange.status = each.at("response").at("status").get<int>();
            exchange.answer = parseJson(each.at("response").at("body").get<std::string>(), "answer").valueOr(Json());
            all.push_back(std::move(exchange));
        }
    }
    return all;
}

/// Answers kept by libcloud; which method gave one is told by its kind and the file's name.
struct Fixture {
    std::string file;
    std::string id;
    Json answer;
};

std::string methodOf(const std::string& file, const Json& answer)
{
    if (answer.contains("error")) {
        return "error";
    }
    const std::string kind = answer.value("kind", "");
    const std::map<std::string, std::string> byKind{
        {"compute#zoneList", "compute.zones.list"},
        {"compute#zone", "compute.zones.get"},
        {"compute#regionList", "compute.regions.list"},
        {"compute#region", "compute.regions.get"},
        {"compute#project", "compute.projects.get"},
        {"compute#imageList", "compute.images.list"},
        {"compute#image", "compute.images.get"},
        {"compute#instanceList", "compute.instances.list"},
        {"compute#instance", "compute.instances.get"},
        {"compute#instanceAggregatedList", "compute.instances.aggregatedList"},
        {"compute#diskAggregatedList", "compute.disks.aggregatedList"},
        {"compute#disk", "compute.disks.get"},
        {"compute#diskTypeList", "compute.diskTypes.list"},
        {"compute#machineTypeList", "compute.machineTypes.list"},
        {"compute#machineType", "compute.machineTypes.get"},
        {"compute#acceleratorType", "compute.acceleratorTypes.get"},
        {"compute#firewallList", "compute.firewalls.list"},
        {"compute#firewall", "compute.firewalls.get"},
        {"compute#serialPortOutput", "compute.instances.getSerialPortOutput"},
        {"compute#operation", "compute.zoneOperations.get"}};
    const auto found = byKind.find(kind);
    return found == byKind.end() ? "none: " + kind + " " + file : found->second;
}

std::vector<Fixture> fixtures()
{
    std::vector<Fixture> all;
    for (const std::string& file : contractFiles("gcp/fixtures/libcloud-gce")) {
        Fixture fixture{file.substr(file.rfind('/') + 1), {}, contractJson(file)};
        fixture.id = methodOf(fixture.file, fixture.answer);
        all.push_back(std::move(fixture));
    }
    return all;
}

Json leftOut()
{
    return readJsonFile(std::string(TRAINYARD_SOURCE_DIR) + "/tests/cloud/gcp/left_out.json").value();
}

/// "compute.instances.insert" -> "instances"; what a list holds is what a get answers.
std::string groupOf(const std::string& id)
{
    return parts(id.substr(8)).front().substr(0, id.find('.', 8) - 8);
}

std::string problemOf(const std::string& group, const Json& theirs, const Json& ours, UnmodelledMembers& unmodelled)
{
    const Difference difference = differenceOf(theirs, ours);
    std::string text;
    for (const std::string& line : difference.wrong) {
        text += "\n  " + line;
    }
    for (std::string path : difference.missing) {
        for (const char* list : {"items[].", "instances[].", "disks[]."}) { // elements are as the single answer
            if (const auto at = path.find(list); at != std::string::npos && path.starts_with("items")) {
                path.erase(0, at + std::string(list).size());
            }
        }
        if (const auto at = path.find(".warning."); at != std::string::npos) { // of a zone without any
            path.erase(0, at + 1);
        }
        if (!unmodelled.covers(group, path)) {
            text += "\n  " + group + ": " + path + " is not in ours";
        }
    }
    return text;
}

} // namespace

/// Judges the requests and values of cloud/gcp by Google's own recordings and by answers that others kept.
class TestGcpContracts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_cases = gcpCases();
        const Json left = leftOut();
        for (GcpExchange& each : recordings()) {
            if (!left.at("methods").contains(each.id)) {
                m_recordings.push_back(std::move(each));
            }
        }
        m_fixtures = fixtures();
        QVERIFY2(m_recordings.size() > 60, std::to_string(m_recordings.size()).c_str());
    }

    void everyMethodIsSpokenOrLeftOutWithAReason()
    {
        const Json left = leftOut();
        std::string lines;
        std::set<std::string> known;
        for (const Method& method : methods()) {
            known.insert(method.id);
            if (m_cases.contains(method.id) == left.at("methods").contains(method.id)) {
                lines += "\n  " + method.id;
            }
        }
        for (const auto& [id, reason] : left.at("methods").items()) {
            if (!known.contains(id) || reason.get<std::string>().empty()) {
                lines += "\n  " + id + " does not exist or has no reason";
            }
        }
        std::set<std::string> files;
        for (const Fixture& fixture : m_fixtures) {
            files.insert(fixture.file);
            const bool isRead = m_cases.contains(fixture.id) || fixture.id == "error";
            if (isRead == left.at("fixtures").contains(fixture.file)) {
                lines += "\n  " + fixture.file + " " + fixture.id;
            }
        }
        for (const auto& [file, reason] : left.at("fixtures").items()) {
            if (!files.contains(file) || reason.get<std::string>().empty()) {
                lines += "\n  " + file + " does not exist or has no reason";
            }
        }
        QVERIFY2(lines.empty(), lines.c_str());
    }

    void recordedRequestIsOurs_data() { addRows(); }
    void recordedRequestIsOurs()
    {
        QFETCH(int, index);
        const GcpExchange& recorded = m_recordings[static_cast<std::size_t>(index)];
        const auto built = m_cases.at(recorded.id).build(recorded);
        QVERIFY2(built, built ? "" : built.error().message.c_str());
        QCOMPARE(built->method, recorded.method);
        QCOMPARE(built->path, recorded.path);
        UnmodelledMembers unmodelled(leftOut().at("members"));
        const std::string problem = requestProblem(recorded, *built, unmodelled);
        QVERIFY2(problem.empty(), problem.c_str());
    }

    void recordedAnswerIsReadRight_data() { addRows(); }
    void recordedAnswerIsReadRight()
    {
        QFETCH(int, index);
        UnmodelledMembers unmodelled(leftOut().at("members"));
        const std::string problem = answerProblem(m_recordings[static_cast<std::size_t>(index)], unmodelled);
        QVERIFY2(problem.empty(), problem.c_str());
    }

    void keptAnswerIsReadRight_data()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(m_fixtures.size()); ++i) {
            const Fixture& fixture = m_fixtures[static_cast<std::size_t>(i)];
            if (m_cases.contains(fixture.id) || fixture.id == "error") {
                QTest::newRow(fixture.file.c_str()) << i;
            }
        }
    }

    void keptAnswerIsReadRight()
    {
        QFETCH(int, index);
        UnmodelledMembers unmodelled(leftOut().at("members"));
        const std::string problem = fixtureProblem(m_fixtures[static_cast<std::size_t>(index)], unmodelled);
        QVERIFY2(problem.empty(), problem.c_str());
    }

    void noMemberIsLeftOutForNothing()
    {
        UnmodelledMembers unmodelled(leftOut().at("members"));
        for (const GcpExchange& each : m_recordings) {
            if (const auto built = m_cases.at(each.id).build(each)) {
                (void)requestProblem(each, *built, unmodelled);
            }
            (void)answerProblem(each, unmodelled);
        }
        for (const Fixture& each : m_fixtures) {
            (void)fixtureProblem(each, unmodelled);
        }
        const auto unused = unmodelled.unused();
        for (const std::string& entry : unused) {
            qWarning("left_out.json has %s for nothing", entry.c_str());
        }
        QVERIFY(unused.empty());
    }

private:
    void addRows()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(m_recordings.size()); ++i) {
            QTest::newRow(m_recordings[static_cast<std::size_t>(i)].name.c_str()) << i;
        }
    }

    static std::string requestProblem(
        const GcpExchange& recorded, const cloud::gcp::ComputeRequest& ours, UnmodelledMembers& unmodelled)
    {
        return problemOf(
            groupOf(recorded.id),
            recorded.body.is_null() ? Json::object() : recorded.body,
            ours.body.value_or(Json::object()),
            unmodelled);
    }

    std::string answerProblem(const GcpExchange& recorded, UnmodelledMembers& unmodelled) const
    {
        if (recorded.status >= 400) {
            const auto error = cloud::parseCloudError(recorded.answer, recorded.status);
            return error.causes.empty() || error.message().empty() ? "an error without a cause was read" : "";
        }
        const auto read = m_cases.at(recorded.id).reread(recorded.answer);
        if (!read) {
            return read.error().message;
        }
        const bool isOperation = recorded.answer.value("kind", "") == "compute#operation";
        return problemOf(isOperation ? "operations" : groupOf(recorded.id), recorded.answer, *read, unmodelled);
    }

    std::string fixtureProblem(const Fixture& fixture, UnmodelledMembers& unmodelled) const
    {
        if (fixture.id == "error") {
            return cloud::parseCloudError(fixture.answer, 404).causes.empty() ? "no cause" : "";
        }
        const auto found = m_cases.find(fixture.id);
        if (found == m_cases.end()) {
            return {};
        }
        const auto read = found->second.reread(fixture.answer);
        if (!read) {
            return read.error().message;
        }
        const bool isOperation = fixture.answer.value("kind", "") == "compute#operation";
        return problemOf(isOperation ? "operations" : groupOf(fixture.id), fixture.answer, *read, unmodelled);
    }

    std::map<std::string, GcpCase> m_cases;
    std::vector<GcpExchange> m_recordings;
    std::vector<Fixture> m_fixtures;
};

QTEST_GUILESS_MAIN(TestGcpContracts)
#include "tst_gcp_contracts.moc"
