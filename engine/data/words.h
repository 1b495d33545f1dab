#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ty::engine {

inline constexpr const char* kLineEndWord = "<eos>"; ///< the end of a line; also fills up texts that are too short
inline constexpr const char* kUnknownWord = "<unk>"; ///< stands for all words that a vocabulary does not have

/// Reads the words of a text one after another: letters, digits and inner apostrophes in a row, each other sign by itself,
/// and each character of scripts that are written without blanks. In small letters (ASCII only). "<unk>" and "<eos>" are
/// words, as in texts that were prepared for language models.
class WordReader {
public:
    /// @param areLineEndsWords  whether the end of each line gives kLineEndWord; else it is a blank
    /// `text` must outlive this object.
    WordReader(std::string_view text, bool areLineEndsWords) : m_text(text), m_areLineEndsWords(areLineEndsWords) {}

    /// Goes to the next word; false: there is none.
    bool next();
    const std::string& word() const { return m_word; }
    std::size_t begin() const { return m_begin; } ///< of the word, in the text
    std::size_t end() const { return m_at; }      ///< behind the word

private:
    std::string_view m_text;
    bool m_areLineEndsWords;
    std::size_t m_at = 0;
    std::size_t m_begin = 0;
    std::string m_word;
};

} // namespace ty::engine
