#include <algorithm>
#include <cctype>

#include <QTest>

#include "cloud/http/cloud_error.h"
#include "tests/cloud/azure/azure_cases.h"

using namespace ty;
using namespace ty::test;

namespace {

/// What is left out of the contracts, each with its reason: whole operations, single requests and answers, members.
struct Account {
    Json operations;
    Json requests;
    Json answers;
    Json unmodelled;
};

Account account()
{
    auto json = readJsonFile(std::string(TRAINYARD_SOURCE_DIR) + "/tests/cloud/azure/left_out.json");
    return {json->at("operations"), json->at("requests"), json->at("answers"), json->at("members")};
}

std::string groupOf(const Exchange& exchange)
{
    return exchange.operationId.substr(0, exchange.operationId.find('_'));
}

std::string shown(const std::vector<std::string>& lines)
{
    std::string text;
    for (const std::string& line : lines) {
        text += "\n  " + line;
    }
    return text;
}

/// The differences that are not accounted for.
std::string unaccounted(const Exchange& exchange, const Difference& difference, UnmodelledMembers& unmodelled)
{
    std::vector<std::string> lines = difference.wrong;
    for (const std::string& path : difference.missing) {
        if (!unmodelled.covers(groupOf(exchange), path)) {
            lines.push_back(groupOf(exchange) + ": " + path + " is not in ours");
        }
    }
    return shown(lines);
}

std::vector<std::pair<std::string, std::string>> sortedQuery(cloud::Query query, bool isOfficial)
{
    if (!isOfficial) { // recordings are of older versions, and of a client that says "false" where we say nothing
        std::erase_if(query, [](const auto& each) { return each.first == "api-version" || each.second == "false"; });
    }
    std::sort(query.begin(), query.end());
    return query;
}

std::string lowered(std::string text)
{
    std::transform(
        text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// How our request differs from the exchange's; empty when it does not.
std::string requestProblem(const Exchange& exchange, const AzureCase& ours, UnmodelledMembers& unmodelled)
{
    const auto built = ours.build(exchange);
    if (!built) {
        return built.error().message;
    }
    if (built->method != exchange.method) {
        return "method " + built->method;
    }
    const bool isSamePath = exchange.isOfficial ? built->path == exchange.path : lowered(built->path) == lowered(exchange.path);
    if (!isSamePath) {
        return "path " + built->path + " instead of " + exchange.path;
    }
    if (sortedQuery(built->query, exchange.isOfficial) != sortedQuery(exchange.query, exchange.isOfficial)) {
        return "query " + cloud::queryText(built->query) + " instead of " + cloud::queryText(exchange.query);
    }
    return unaccounted(
        exchange,
        differenceOf(exchange.body.is_null() ? Json::object() : exchange.body, built->body.value_or(Json::object())),
        unmodelled);
}

/// How what we read differs from the answers; empty when it does not.
std::string answerProblem(const Exchange& exchange, const AzureCase& ours, UnmodelledMembers& unmodelled)
{
    for (const auto& [status, body] : exchange.answers) {
        if (body.is_null()) {
            continue;
        }
        if (status >= 400) {
            const auto error = cloud::parseCloudError(body, status);
            if (error.causes.empty()) {
                return "an error without a cause was read";
            }
            continue;
        }
        if (!ours.reread) {
            return "an answer that nobody reads: " + body.dump().substr(0, 200);
        }
        const auto read = ours.reread(body);
        if (!read) {
            return read.error().message;
        }
        const std::string problem = unaccounted(exchange, differenceOf(body, *read), unmodelled);
        if (!problem.empty()) {
            return problem;
        }
    }
    return {};
}

/// The exchanges that are not of an operation that is left out.
std::vector<Exchange> held(std::vector<Exchange> all)
{
    const Account left = account();
    std::erase_if(all, [&](const Exchange& each) { return left.operations.contains(each.operationId); });
    return all;
}

/// A row for each that is not left out.
void addRows(const std::vector<Exchange>& exchanges, const Json& leftOut)
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < static_cast<int>(exchanges.size()); ++i) {
        const std::string& name = exchanges[static_cast<std::size_t>(i)].name;
        if (!leftOut.contains(name)) {
            QTest::newRow(name.c_str()) << i;
        }
    }
}

} // namespace

/// Judges the requests and values of cloud/azure by what Microsoft publishes and by what its service was seen to say.
class TestAzureContracts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_cases = azureCases();
        m_examples = held(azureExamples());
        m_recordings = held(azureRecordings());
        QVERIFY2(m_examples.size() > 200, std::to_string(m_examples.size()).c_str());
        QVERIFY2(m_recordings.size() > 200, std::to_string(m_recordings.size()).c_str());
    }

    void everyOperationIsSpokenOrLeftOutWithAReason()
    {
        const Account left = account();
        std::vector<std::string> lines;
        std::set<std::string> known;
        for (const ContractOperation& operation : azureOperations()) {
            known.insert(operation.id);
            const bool isLeftOut = left.operations.contains(operation.id);
            if (m_cases.contains(operation.id) == isLeftOut) {
                lines.push_back(operation.id + (isLeftOut ? " is spoken and left out" : " is neither spoken nor left out"));
            }
        }
        for (const auto& [id, reason] : left.operations.items()) {
            if (!known.contains(id) || reason.get<std::string>().empty()) {
                lines.push_back(id + " is left out and does not exist, or has no reason");
            }
        }
        std::set<std::string> names;
        for (const auto& list : {azureExamples(), azureRecordings()}) {
            for (const Exchange& each : list) {
                names.insert(each.name);
            }
        }
        for (const Json* list : {&left.requests, &left.answers}) {
            for (const auto& [name, reason] : list->items()) {
                if (!names.contains(name) || reason.get<std::string>().empty()) {
                    lines.push_back(name + " is left out and does not exist, or has no reason");
                }
            }
        }
        QVERIFY2(lines.empty(), shown(lines).c_str());
    }

    void requestIsThatOfTheOfficialExample_data() { addRows(m_examples, account().requests); }
    void requestIsThatOfTheOfficialExample()
    {
        QFETCH(int, index);
        const Exchange& example = m_examples[static_cast<std::size_t>(index)];
        UnmodelledMembers unmodelled(account().unmodelled);
        const std::string problem = requestProblem(example, m_cases.at(example.operationId), unmodelled);
        QVERIFY2(problem.empty(), problem.c_str());
    }

    void answerOfTheOfficialExampleIsReadRight_data() { addRows(m_examples, account().answers); }
    void answerOfTheOfficialExampleIsReadRight()
    {
        QFETCH(int, index);
        const Exchange& example = m_examples[static_cast<std::size_t>(index)];
        UnmodelledMembers unmodelled(account().unmodelled);
        const std::string problem = answerProblem(example, m_cases.at(example.operationId), unmodelled);
        QVERIFY2(problem.empty(), problem.c_str());
    }

    void recordedRequestIsOurs_data() { addRows(m_recordings, account().requests); }
    void recordedRequestIsOurs()
    {
        QFETCH(int, index);
        const Exchange& recorded = m_recordings[static_cast<std::size_t>(index)];
        UnmodelledMembers unmodelled(account().unmodelled);
        const std::string problem = requestProblem(recorded, m_cases.at(recorded.operationId), unmodelled);
        QVERIFY2(problem.empty(), problem.c_str());
    }

    void recordedAnswerIsReadRight_data() { addRows(m_recordings, account().answers); }
    void recordedAnswerIsReadRight()
    {
        QFETCH(int, index);
        const Exchange& recorded = m_recordings[static_cast<std::size_t>(index)];
        UnmodelledMembers unmodelled(account().unmodelled);
        const std::string problem = answerProblem(recorded, m_cases.at(recorded.operationId), unmodelled);
        QVERIFY2(problem.empty(), problem.c_str());
    }

    void noMemberIsLeftOutForNothing()
    {
        UnmodelledMembers unmodelled(account().unmodelled);
        for (const auto* list : {&m_examples, &m_recordings}) {
            for (const Exchange& each : *list) {
                (void)requestProblem(each, m_cases.at(each.operationId), unmodelled);
                (void)answerProblem(each, m_cases.at(each.operationId), unmodelled);
            }
        }
        const auto unused = unmodelled.unused();
        for (const std::string& entry : unused) {
            qWarning("left_out.json has %s for nothing", entry.c_str());
        }
        QVERIFY(unused.empty());
    }

private:
    std::map<std::string, AzureCase> m_cases;
    std::vector<Exchange> m_examples;
    std::vector<Exchange> m_recordings;
};

QTEST_GUILESS_MAIN(TestAzureContracts)
#include "tst_azure_contracts.moc"
