#include "platform/line_reader.hpp"

#include "tests/unit/scratch.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace duel;
using namespace duel::platform;

namespace {

std::vector<std::string> lines_of(const std::filesystem::path& file) {
    LineReader reader{file};
    std::vector<std::string> lines;
    while (const auto line = reader.next())
        lines.emplace_back(*line);
    REQUIRE(reader.line() == lines.size());
    return lines;
}

// Much more than fits into a buffer, of lines of all lengths.
std::string many_lines() {
    std::string text;
    for (int number = 0; text.size() < 5'000'000; ++number)
        text += std::to_string(number) + std::string(static_cast<std::size_t>(number % 997), 'x') +
                '\n';
    return text;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += line + '\n';
    return text;
}

}  // namespace

TEST_CASE("a file is read line by line, the last one with or without a newline", "[lines]") {
    const Scratch scratch;
    REQUIRE(
        lines_of(scratch.write("a", "one\n\nthree\r\n")) ==
        std::vector<std::string>{"one", "", "three\r"}
    );
    REQUIRE(lines_of(scratch.write("b", "one\ntwo")) == std::vector<std::string>{"one", "two"});
    REQUIRE(lines_of(scratch.write("c", "")).empty());
    REQUIRE(lines_of(scratch.write("d", "x")) == std::vector<std::string>{"x"});
}

TEST_CASE("zstd is recognised by its bytes, also in several frames", "[lines]") {
    const Scratch scratch;
    const auto frames = compressed("one\ntw") + compressed("o\nthree\n");
    REQUIRE(
        lines_of(scratch.write("plain-name", frames)) ==
        std::vector<std::string>{"one", "two", "three"}
    );
}

TEST_CASE("a long file gives the same lines compressed and not", "[lines]") {
    const Scratch scratch;
    const std::string text = many_lines();
    REQUIRE(joined(lines_of(scratch.write("a", text))) == text);
    REQUIRE(joined(lines_of(scratch.write("b.zst", compressed(text)))) == text);
}

TEST_CASE("a line that is too long is cut and the next one is whole", "[lines]") {
    const Scratch scratch;
    const std::string text =
        "first\n" + std::string(3 * LineReader::kLongestLine, 'x') + "\nlast\n";
    for (const auto& file : {scratch.write("a", text), scratch.write("b", compressed(text))}) {
        LineReader reader{file};
        REQUIRE(reader.next() == "first");
        REQUIRE(reader.next()->size() == LineReader::kLongestLine);
        REQUIRE(reader.was_cut());
        REQUIRE(reader.next() == "last");
        REQUIRE_FALSE(reader.was_cut());
        REQUIRE(reader.line() == 3);
        REQUIRE(reader.next() == std::nullopt);
    }
}

TEST_CASE("a recording that was cut short or damaged is no whole recording", "[lines]") {
    const Scratch scratch;
    const std::string whole = compressed(many_lines());
    const auto cut = scratch.write("cut.zst", whole.substr(0, whole.size() / 2));
    REQUIRE_THROWS_WITH(lines_of(cut), Catch::Contains("cut.zst") && Catch::Contains("cut short"));
    std::string damaged = whole;
    damaged[10] = static_cast<char>(damaged[10] ^ 0x55);
    REQUIRE_THROWS_WITH(lines_of(scratch.write("bad.zst", damaged)), Catch::Contains("bad.zst"));
    REQUIRE_THROWS_WITH(LineReader{scratch.folder() / "none"}, Catch::Contains("No such file"));
}

TEST_CASE("the part that was read grows to the whole", "[lines]") {
    const Scratch scratch;
    LineReader reader{scratch.write("a", many_lines())};
    REQUIRE(reader.fraction() < 0.2);
    while (reader.next()) {
    }
    REQUIRE(reader.fraction() == 1.0);
}
