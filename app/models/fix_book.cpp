#include "app/models/fix_book.h"

#include <utility>

namespace ty::app {

void FixBook::remember(const std::string& file, const std::string& id)
{
    const SampleFixes& fixes = m_fixes[file];
    Step step{file, id, std::nullopt, fixes.excluded.contains(id), m_act};
    if (const auto label = fixes.labels.find(id); label != fixes.labels.end()) {
        step.label = label->second;
    }
    m_steps.push_back(std::move(step));
}

void FixBook::relabel(const std::string& file, const std::string& id, const std::string& label)
{
    relabel(file, std::vector{id}, label);
}

void FixBook::exclude(const std::string& file, const std::string& id)
{
    exclude(file, std::vector{id});
}

void FixBook::relabel(
    const std::string& file, const std::vector<std::string>& ids, const std::string& label, const std::vector<std::string>& restored)
{
    ++m_act;
    restore(file, restored);
    for (const std::string& id : ids) {
        remember(file, id);
        m_fixes[file].excluded.erase(id);
        m_fixes[file].labels[id] = label;
    }
}

void FixBook::exclude(const std::string& file, const std::vector<std::string>& ids)
{
    ++m_act;
    for (const std::string& id : ids) {
        remember(file, id);
        m_fixes[file].labels.erase(id);
        m_fixes[file].excluded.insert(id);
    }
}

void FixBook::forget(const std::string& file, const std::vector<std::string>& ids)
{
    ++m_act;
    restore(file, ids);
}

void FixBook::restore(const std::string& file, const std::vector<std::string>& ids)
{
    for (const std::string& id : ids) {
        SampleFixes& fixes = m_fixes[file];
        if (fixes.labels.contains(id) || fixes.excluded.contains(id)) {
            remember(file, id);
            fixes.labels.erase(id);
            fixes.excluded.erase(id);
        }
    }
}

bool FixBook::undo()
{
    if (m_steps.empty()) {
        return false;
    }
    for (const int act = m_steps.back().act; !m_steps.empty() && m_steps.back().act == act;) {
        const Step step = std::move(m_steps.back());
        m_steps.pop_back();
        SampleFixes& fixes = m_fixes[step.file];
        fixes.labels.erase(step.id);
        fixes.excluded.erase(step.id);
        if (step.label) {
            fixes.labels[step.id] = *step.label;
        }
        if (step.wasExcluded) {
            fixes.excluded.insert(step.id);
        }
    }
    return true;
}

void FixBook::clear()
{
    m_fixes.clear();
    m_steps.clear();
}

const SampleFixes& FixBook::fixesOf(const std::string& file) const
{
    static const SampleFixes kNone;
    const auto found = m_fixes.find(file);
    return found == m_fixes.end() ? kNone : found->second;
}

std::size_t FixBook::count() const
{
    std::size_t count = 0;
    for (const auto& [file, fixes] : m_fixes) {
        count += fixes.count();
    }
    return count;
}

Json FixBook::toJson() const
{
    Json json = Json::object();
    for (const auto& [file, fixes] : m_fixes) {
        if (!fixes.isEmpty()) {
            json[file] = fixes.toJson();
        }
    }
    return json;
}

FixBook FixBook::fromJson(const Json& json)
{
    FixBook book;
    if (json.is_object()) {
        for (const auto& [file, item] : json.items()) {
            if (auto fixes = SampleFixes::fromJson(item, file)) {
                book.m_fixes[file] = std::move(fixes).value();
            }
        }
    }
    return book;
}

void FixBook::mergeInto(std::map<std::string, SampleFixes>& fixes) const
{
    for (const auto& [file, mine] : m_fixes) {
        SampleFixes& theirs = fixes[file];
        for (const auto& [id, label] : mine.labels) {
            theirs.labels[id] = label;
            theirs.excluded.erase(id);
        }
        for (const std::string& id : mine.excluded) {
            theirs.labels.erase(id);
            theirs.excluded.insert(id);
        }
    }
}

} // namespace ty::app
