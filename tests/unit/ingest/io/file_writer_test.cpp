#include "ingest/io/file_writer.hpp"

#include "platform/line_reader.hpp"
#include "tests/unit/scratch.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::ingest;

TEST_CASE("a file is there as a whole or not at all", "[dump]") {
    const Scratch scratch;
    {
        FileWriter file{scratch.folder() / "a.jsonl"};
        file.write("half\n");
    }
    REQUIRE(std::filesystem::is_empty(scratch.folder()));
    FileWriter file{scratch.folder() / "a.jsonl"};
    file.write("one\n");
    file.write("two\n");
    file.finish();
    REQUIRE(scratch.read("a.jsonl") == "one\ntwo\n");
    REQUIRE_FALSE(std::filesystem::exists(scratch.folder() / "a.jsonl.part"));
}

TEST_CASE("a file whose name ends in .zst is compressed and reads back the same", "[dump]") {
    const Scratch scratch;
    std::string text;
    for (int number = 0; number < 100'000; ++number)
        text += "record number " + std::to_string(number) + '\n';
    FileWriter file{scratch.folder() / "a.jsonl.zst"};
    file.write(text);
    file.finish();
    REQUIRE(scratch.read("a.jsonl.zst").size() < text.size() / 4);

    platform::LineReader reader{scratch.folder() / "a.jsonl.zst"};
    std::string back;
    while (const auto line = reader.next())
        back.append(*line) += '\n';
    REQUIRE(back == text);
}

TEST_CASE("a full disk and a folder that is not there are errors with their name", "[dump]") {
    const auto fill_device = [] {
        FileWriter file{"/dev/full"};
        file.write(std::string(1'000'000, 'x'));
        file.finish();
    };
    REQUIRE_THROWS_WITH(fill_device(), Catch::Contains("/dev/full: No space left"));
    REQUIRE(std::filesystem::is_character_file("/dev/full"));
    REQUIRE_THROWS_WITH(FileWriter{"/no/such/a.jsonl"}, Catch::Contains("/no/such/a.jsonl"));
}
