#include "tests/cloud/support/contract_data.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "engine/base/files.h"

namespace ty::test {

namespace {

const std::string& root()
{
    static const std::string path = std::string(TRAINYARD_SOURCE_DIR) + "/tests/data/contracts/";
    return path;
}

/// "a/{b}/c" against "A/x/C": whether they fit, and what the placeholders are.
bool matches(const std::string& pattern, const std::string& path, std::map<std::string, std::string>& names)
{
    std::size_t p = 0;
    std::size_t t = 0;
    while (p < pattern.size() && t < path.size()) {
        const auto patternEnd = std::min(pattern.find('/', p), pattern.size());
        auto textEnd = std::min(path.find('/', t), path.size());
        const std::string part = pattern.substr(p, patternEnd - p);
        if (part == "{resourceUri}") { // may hold slashes
            const auto rest = path.find("/providers/microsoft.insights");
            const auto capital = path.find("/providers/Microsoft.Insights");
            textEnd = std::min({rest, capital, path.size()});
        }
        const std::string text = path.substr(t, textEnd - t);
        if (part.starts_with('{')) {
            names[part.substr(1, part.size() - 2)] = text;
        } else if (!std::equal(part.begin(), part.end(), text.begin(), text.end(), [](char a, char b) {
                       return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
                   })) {
            return false;
        }
        p = patternEnd + 1;
        t = textEnd + 1;
    }
    return p >= pattern.size() && t >= path.size();
}

std::string textOf(const Json& value)
{
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Examples spell some parameters unlike the definition does.
std::string queryName(const std::string& operationId, const std::string& name)
{
    if (name == "expand" && (operationId == "VirtualMachines_Get" || operationId == "VirtualMachineScaleSetVMs_Get")) {
        return "$expand";
    }
    return name == "resulttype" ? "resultType" : name;
}

Exchange exampleOf(const ContractOperation& operation, const std::string& file)
{
    const Json json = contractJson(file);
    Exchange example;
    const std::string folder = "examples/";
    example.name = operation.id + " " + file.substr(file.rfind(folder) + folder.size());
    example.operationId = operation.id;
    example.method = operation.method;
    example.path = operation.path;
    example.query.emplace_back("api-version", operation.apiVersion);
    for (const auto& [name, value] : json.at("parameters").items()) {
        const std::string placeholder = "{" + name + "}";
        if (const auto at = example.path.find(placeholder); at != std::string::npos) {
            example.names[name] = textOf(value);
            example.path.replace(at, placeholder.size(), textOf(value));
        } else if (value.is_object()) {
            example.body = value;
        } else if (name != "api-version" && !value.is_array()) {
            example.query.emplace_back(queryName(operation.id, name), textOf(value));
        }
    }
    for (const auto& [status, answer] : json.at("responses").items()) {
        const int number = status == "default" ? 500 : std::stoi(status);
        example.answers.emplace_back(number, answer.contains("body") ? answer.at("body") : Json());
    }
    return example;
}

std::string joined(const std::string& path, const std::string& member)
{
    return path.empty() ? member : path + "." + member;
}

bool isEmpty(const Json& value)
{
    return value.is_null() || value == "" || (value.is_structured() && value.empty());
}

void compare(const Json& theirs, const Json& ours, const std::string& path, Difference& difference)
{
    if (theirs.is_object() && ours.is_object()) {
        for (const auto& [name, value] : theirs.items()) {
            if (const auto own = ours.find(name); own != ours.end()) {
                compare(value, *own, joined(path, name), difference);
            } else if (value.is_object() && !value.empty()) {
                compare(value, Json::object(), joined(path, name), difference);
            } else if (value.is_array() && !value.empty() && value.front().is_object()) {
                for (const Json& element : value) {
                    compare(element, Json::object(), joined(path, name) + "[]", difference);
                }
            } else if (!isEmpty(value)) {
                difference.missing.insert(joined(path, name));
            }
        }
        for (const auto& [name, value] : ours.items()) {
            if (!theirs.contains(name) && !isEmpty(value)) {
                difference.wrong.push_back(joined(path, name) + " is only in ours: " + value.dump());
            }
        }
    } else if (theirs.is_array() && ours.is_array()) {
        if (theirs.size() != ours.size()) {
            difference.wrong.push_back(path + " has another length");
        }
        for (std::size_t i = 0; i < std::min(theirs.size(), ours.size()); ++i) {
            compare(theirs[i], ours[i], path + "[]", difference);
        }
    } else if (theirs.is_number() && ours.is_number()) {
        if (theirs.get<double>() != ours.get<double>()) {
            difference.wrong.push_back(path + " is " + ours.dump() + " instead of " + theirs.dump());
        }
    } else if (theirs != ours && !(isEmpty(theirs) && isEmpty(ours))) {
        difference.wrong.push_back(path + " is " + ours.dump() + " instead of " + theirs.dump());
    }
}

} // namespace

Json contractJson(const std::string& path)
{
    auto json = readJsonFile(root() + path);
    if (!json) {
        std::fprintf(stderr, "%s\n", json.error().message.c_str());
        std::exit(1);
    }
    return std::move(*json);
}

std::vector<std::string> contractFiles(const std::string& folder)
{
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(root() + folder)) {
        if (entry.is_regular_file()) {
            files.push_back(folder + "/" + entry.path().filename().string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string Exchange::text(const std::string& wanted) const
{
    if (const auto found = names.find(wanted); found != names.end()) {
        return found->second;
    }
    for (const auto& [key, value] : query) {
        if (key == wanted) {
            return value;
        }
    }
    return {};
}

std::vector<ContractOperation> azureOperations()
{
    std::vector<ContractOperation> operations;
    const Json index = contractJson("azure/index.json");
    for (const Json& row : index.at("operations")) {
        ContractOperation operation;
        operation.id = row.at("operationId").get<std::string>();
        operation.method = row.at("method").get<std::string>();
        operation.path = row.at("path").get<std::string>();
        operation.apiVersion = row.at("apiVersion").get<std::string>();
        operation.definition = row.at("definition").get<std::string>();
        operation.examples = row.at("examples").get<std::vector<std::string>>();
        const auto isOf = [&](const char* part) { return operation.definition.find(part) != std::string::npos; };
        if (!isOf("machinelearning") && !isOf("keyvault") && !isOf("data-plane") && !isOf("Microsoft.Storage")) {
            operations.push_back(std::move(operation));
        }
    }
    return operations;
}

std::vector<Exchange> azureExamples()
{
    std::vector<Exchange> examples;
    for (const ContractOperation& operation : azureOperations()) {
        for (const std::string& file : operation.examples) {
            examples.push_back(exampleOf(operation, file));
        }
    }
    return examples;
}

std::vector<Exchange> azureRecordings()
{
    const auto operations = azureOperations();
    std::vector<Exchange> all;
    for (const std::string& file : contractFiles("azure/recordings/arm")) {
        const Json json = contractJson(file);
        if (!json.contains("exchanges")) {
            continue;
        }
        int number = 0;
        for (const Json& each : json.at("exchanges")) {
            ++number;
            const Json& request = each.at("request");
            const std::string address = request.at("url").get<std::string>();
            const auto url = cloud::parseUrl(address.starts_with('/') ? "https://management.azure.com" + address : address);
            const std::string method = request.at("method").get<std::string>();
            if (!url) {
                continue;
            }
            std::string path = cloud::percentDecode(url->path);
            while (path.starts_with("//")) {
                path.erase(0, 1);
            }
            for (const ContractOperation& operation : operations) {
                Exchange exchange;
                if (operation.method != method || !matches(operation.path, path, exchange.names)) {
                    continue;
                }
                exchange.name = file.substr(file.rfind('/') + 1) + " " + std::to_string(number) + " " + operation.id;
                exchange.operationId = operation.id;
                exchange.isOfficial = false;
                exchange.method = method;
                exchange.path = path;
                exchange.query = cloud::parseQuery(url->query);
                if (const auto body = request.find("body"); body != request.end() && body->is_string()) {
                    exchange.body = parseJson(body->get<std::string>(), "body").valueOr(Json());
                }
                const Json& answer = each.at("response");
                const auto text = answer.find("body");
                exchange.answers.emplace_back(
                    answer.at("status").get<int>(),
                    text != answer.end() && text->is_string() ? parseJson(text->get<std::string>(), "answer").valueOr(Json())
                                                              : Json());
                all.push_back(std::move(exchange));
                break;
            }
        }
    }
    return all;
}

Difference differenceOf(const Json& contracts, const Json& ours)
{
    Difference difference;
    compare(contracts, ours, "", difference);
    return difference;
}

UnmodelledMembers::UnmodelledMembers(const Json& json)
{
    for (const auto& [group, members] : json.items()) {
        for (const auto& [path, reason] : members.items()) {
            m_entries.push_back({group, path, false});
        }
    }
}

bool UnmodelledMembers::covers(const std::string& group, const std::string& wanted)
{
    // The elements of a list are what the single answer is.
    const std::string path = wanted.starts_with("value[].") ? wanted.substr(8) : wanted;
    for (Entry& entry : m_entries) {
        const bool isThere = path.starts_with(entry.path)
            && (path.size() == entry.path.size() || path[entry.path.size()] == '.' || path[entry.path.size()] == '[');
        if (isThere && (entry.group == "*" || entry.group == group)) {
            entry.isUsed = true;
            return true;
        }
    }
    return false;
}

std::vector<std::string> UnmodelledMembers::unused() const
{
    std::vector<std::string> paths;
    for (const Entry& entry : m_entries) {
        if (!entry.isUsed) {
            paths.push_back(entry.group + ": " + entry.path);
        }
    }
    return paths;
}

} // namespace ty::test
