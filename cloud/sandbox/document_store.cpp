#include "cloud/sandbox/document_store.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace ty::sandbox {

namespace {

/// Lines after which the log is written anew; a start or a long session then reads and keeps little more than it needs.
constexpr std::size_t kMostLines = 20'000;

} // namespace

Result<DocumentStore> DocumentStore::open(const std::string& path)
{
    DocumentStore store;
    store.m_path = path;
    if (pathExists(path)) {
        TY_TRY(const std::string text, readFile(path));
        std::istringstream lines(text);
        std::string line;
        while (std::getline(lines, line)) {
            if (lines.eof()) {
                break; // without a newline: torn by a crash, and its request was never answered
            }
            TY_TRY(const Json changes, parseJson(line, path));
            store.applyLine(changes);
        }
    }
    TY_CHECK(store.compact());
    return store;
}

void DocumentStore::applyLine(const Json& line)
{
    if (const auto sets = line.find("set"); sets != line.end()) {
        for (const auto& [key, document] : sets->items()) {
            m_documents[key] = document;
        }
    }
    if (const auto drops = line.find("drop"); drops != line.end()) {
        for (const auto& key : *drops) {
            m_documents.erase(key.get<std::string>());
        }
    }
}

Result<void> DocumentStore::compact()
{
    m_log.reset();
    std::string text;
    for (const auto& [key, document] : m_documents) {
        text += toJsonLine(Json{{"set", {{key, document}}}}) + "\n";
    }
    TY_CHECK(writeFileAtomically(m_path, text));
    TY_TRY(auto log, LineLog::open(m_path));
    m_log = std::move(log);
    m_lines = m_documents.size();
    return {};
}

const Json* DocumentStore::find(const std::string& key) const
{
    const auto found = m_documents.find(key);
    return found == m_documents.end() ? nullptr : &found->second;
}

void DocumentStore::put(const std::string& key, Json document)
{
    const auto found = m_documents.find(key);
    if (found == m_documents.end()) {
        m_before.try_emplace(key, std::nullopt);
        m_documents.emplace(key, std::move(document));
        return;
    }
    m_before.try_emplace(key, std::move(found->second));
    found->second = std::move(document);
}

void DocumentStore::erase(const std::string& key)
{
    const auto found = m_documents.find(key);
    if (found != m_documents.end()) {
        m_before.try_emplace(key, std::move(found->second));
        m_documents.erase(found);
    }
}

std::vector<std::string> DocumentStore::keysBelow(const std::string& prefix) const
{
    std::vector<std::string> keys;
    for (auto at = m_documents.lower_bound(prefix); at != m_documents.end() && at->first.starts_with(prefix); ++at) {
        keys.push_back(at->first);
    }
    return keys;
}

std::size_t DocumentStore::countBelow(const std::string& prefix) const
{
    return keysBelow(prefix).size();
}

Result<void> DocumentStore::commit()
{
    if (m_before.empty()) {
        return {};
    }
    Json sets = Json::object();
    Json drops = Json::array();
    for (const auto& [key, before] : m_before) {
        const Json* now = find(key);
        if (now != nullptr) {
            sets[key] = *now;
        } else if (before) {
            drops.push_back(key);
        }
    }
    m_before.clear();
    if (!m_log) {
        return {};
    }
    TY_CHECK(m_log->append(toJsonLine(Json{{"set", std::move(sets)}, {"drop", std::move(drops)}})));
    const std::size_t limit = std::max(kMostLines, 4 * m_documents.size());
    return ++m_lines > limit ? compact() : Result<void>();
}

void DocumentStore::rollback()
{
    for (auto& [key, before] : m_before) {
        if (before) {
            m_documents[key] = std::move(*before);
        } else {
            m_documents.erase(key);
        }
    }
    m_before.clear();
}

} // namespace ty::sandbox
