#include "engine/specs/parser.h"

#include <array>

#include <fmt/format.h>

namespace ty::engine::specs {

using syntax::Expression;
using syntax::ExpressionKind;

namespace {

/// A chain of signs becomes a tree as deep as it is long; what walks it recurses.
constexpr int kLongestChain = 1000;

Expression binary(const std::string& sign, Expression left, Expression right, const Place& place)
{
    Expression expression;
    expression.kind = ExpressionKind::Binary;
    expression.text = sign;
    expression.place = place;
    expression.parts.push_back(std::move(left));
    expression.parts.push_back(std::move(right));
    return expression;
}

Expression unary(const std::string& sign, Expression part, const Place& place)
{
    Expression expression;
    expression.kind = ExpressionKind::Unary;
    expression.text = sign;
    expression.place = place;
    expression.parts.push_back(std::move(part));
    return expression;
}

} // namespace

Result<Expression> Parser::readExpression()
{
    TY_CHECK(enter());
    TY_TRY(auto left, readImplication());
    if (at("<=>")) {
        const auto place = take().place;
        TY_TRY(auto right, readImplication());
        left = binary("<=>", std::move(left), std::move(right), place);
    }
    leave();
    return left;
}

Result<Expression> Parser::readImplication()
{
    TY_TRY(auto left, readJunction());
    if (at("=>")) {
        const auto place = take().place;
        TY_CHECK(enter());
        TY_TRY(auto right, readImplication());
        leave();
        left = binary("=>", std::move(left), std::move(right), place);
    }
    return left;
}

Result<Expression> Parser::readJunction()
{
    TY_TRY(auto left, readComparison());
    std::string first;
    for (int links = 0; at("&") || at("and") || at("or"); ++links) {
        if (links > kLongestChain) {
            return tooLong();
        }
        const auto token = take();
        const std::string sign = token.text == "or" ? "or" : "&";
        if (!first.empty() && sign != first) {
            // In B both bind alike, elsewhere & binds first: a reader cannot know.
            return specError(token.place, "& and or stand side by side", "Put parentheses around one of them.");
        }
        first = sign;
        TY_TRY(auto right, readComparison());
        left = binary(sign, std::move(left), std::move(right), token.place);
    }
    return left;
}

Result<Expression> Parser::readComparison()
{
    static constexpr std::array kSigns{"=", "/=", "<", "<=", ">", ">=", ":", "/:", "<:"};
    TY_TRY(auto left, readArrow());
    for (const std::string_view sign : kSigns) {
        if (at(sign)) {
            const auto place = take().place;
            TY_TRY(auto right, readArrow());
            return binary(std::string(sign), std::move(left), std::move(right), place);
        }
    }
    return left;
}

Result<Expression> Parser::readLeftToRight(Level tighter, std::initializer_list<std::string_view> signs)
{
    TY_TRY(auto left, (this->*tighter)());
    for (int links = 0;; ++links) {
        if (links > kLongestChain) {
            return tooLong();
        }
        bool found = false;
        for (const auto sign : signs) {
            if (at(sign)) {
                const auto place = take().place;
                TY_TRY(auto right, (this->*tighter)());
                left = binary(std::string(sign), std::move(left), std::move(right), place);
                found = true;
                break;
            }
        }
        if (!found) {
            return left;
        }
    }
}

Result<Expression> Parser::readArrow()
{
    return readLeftToRight(&Parser::readSetArithmetic, {"-->"});
}

Result<Expression> Parser::readSetArithmetic()
{
    return readLeftToRight(&Parser::readRange, {"\\/", "/\\", "\\", "<+", "|->"});
}

Result<Expression> Parser::readRange()
{
    TY_TRY(auto left, readSum());
    if (at("..")) {
        const auto place = take().place;
        TY_TRY(auto right, readSum());
        return binary("..", std::move(left), std::move(right), place);
    }
    return left;
}

Result<Expression> Parser::readSum()
{
    return readLeftToRight(&Parser::readProduct, {"+", "-"});
}

Result<Expression> Parser::readProduct()
{
    return readLeftToRight(&Parser::readPrefix, {"*", "/", "mod"});
}

Result<Expression> Parser::readPrefix()
{
    if (at("-") || at("not")) {
        const auto token = take();
        TY_CHECK(enter());
        TY_TRY(auto part, readPrefix());
        leave();
        return unary(token.text, std::move(part), token.place);
    }
    return readPrimary();
}

Result<Expression> Parser::readPrimary()
{
    TY_CHECK(enter());
    TY_TRY(auto expression, readPrimaryInside());
    leave();
    return expression;
}

Result<Expression> Parser::readPrimaryInside()
{
    const auto& token = peek();
    Expression expression;
    expression.place = token.place;
    expression.text = token.text;
    if (token.kind == TokenKind::Digits) {
        expression.kind = ExpressionKind::Digits;
        take();
        return expression;
    }
    if (token.kind == TokenKind::Name) {
        expression.kind = ExpressionKind::Name;
        take();
        while (accept("(")) {
            Expression call;
            call.kind = ExpressionKind::Call;
            call.place = expression.place;
            call.text = expression.text;
            if (expression.kind == ExpressionKind::Call) {
                return specError(expression.place, "a function's value is no function");
            }
            do {
                TY_TRY(auto argument, readExpression());
                call.parts.push_back(std::move(argument));
            } while (accept(","));
            TY_CHECK(expect(")"));
            expression = std::move(call);
        }
        return expression;
    }
    if (at("TRUE") || at("FALSE") || at("BOOL") || at("INTEGER") || at("INT") || at("NATURAL") || at("NAT") || at("NAT1")
        || at("NATURAL1")) {
        take();
        return expression;
    }
    if (at("card") || at("min") || at("max") || at("bool") || at("POW")) {
        expression.kind = ExpressionKind::Builtin;
        take();
        TY_CHECK(expect("(", fmt::format("after {}", expression.text)));
        TY_TRY(auto part, readExpression());
        TY_CHECK(expect(")"));
        expression.parts.push_back(std::move(part));
        return expression;
    }
    if (accept("(")) {
        TY_TRY(auto inner, readExpression());
        TY_CHECK(expect(")"));
        return inner;
    }
    if (at("{")) {
        return readBraces();
    }
    if (at("#") || at("!") || at("%")) {
        return readBinder();
    }
    if (at("IF")) {
        return readConditional();
    }
    return unexpected("a value");
}

Result<Expression> Parser::readBraces()
{
    Expression set;
    set.kind = ExpressionKind::Set;
    set.place = take().place;
    if (accept("}")) {
        return set;
    }
    if (peek().kind == TokenKind::Name && at("|", 1)) {
        set.kind = ExpressionKind::Comprehension;
        set.names.push_back(take().text);
        take();
        TY_TRY(auto condition, readExpression());
        set.parts.push_back(std::move(condition));
    } else {
        do {
            TY_TRY(auto element, readArrow());
            set.parts.push_back(std::move(element));
        } while (accept(","));
    }
    TY_CHECK(expect("}"));
    return set;
}

Result<Expression> Parser::readBinder()
{
    Expression binder;
    const auto token = take();
    binder.kind = token.text == "%" ? ExpressionKind::Lambda : ExpressionKind::Quantifier;
    binder.text = token.text;
    binder.place = token.place;
    if (accept("(")) {
        TY_TRY(binder.names, readNames());
        TY_CHECK(expect(")"));
    } else {
        TY_TRY(auto name, expectName("a name"));
        binder.names.push_back(std::move(name));
    }
    TY_CHECK(expect(".", fmt::format("after the names of {}", token.text)));
    TY_CHECK(expect("(", "before what holds of them"));
    TY_TRY(auto condition, readExpression());
    binder.parts.push_back(std::move(condition));
    if (binder.kind == ExpressionKind::Lambda) {
        TY_CHECK(expect("|", "before the value of %"));
        TY_TRY(auto value, readExpression());
        binder.parts.push_back(std::move(value));
    }
    TY_CHECK(expect(")"));
    return binder;
}

Result<Expression> Parser::readConditional()
{
    Expression conditional;
    conditional.kind = ExpressionKind::If;
    conditional.place = take().place;
    TY_TRY(auto condition, readExpression());
    TY_CHECK(expect("THEN", "after the condition of IF"));
    TY_TRY(auto yes, readExpression());
    TY_CHECK(expect("ELSE", "of IF: a value is needed in both cases"));
    TY_TRY(auto no, readExpression());
    TY_CHECK(expect("END", "of IF"));
    conditional.parts.push_back(std::move(condition));
    conditional.parts.push_back(std::move(yes));
    conditional.parts.push_back(std::move(no));
    return conditional;
}

} // namespace ty::engine::specs
