#include "platform/file_watch.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace duel::platform;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

// A folder that goes with the test.
struct Folder {
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    std::string file(const std::string& name) const { return path / name; }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream{path / name} << text;
    }
    const fs::path path = fs::temp_directory_path() / ("duel-watch-" + std::to_string(getpid()));
};

bool reaches(const std::atomic<int>& count, int wanted) {
    for (int i = 0; i < 500 && count < wanted; ++i)
        std::this_thread::sleep_for(10ms);
    return count == wanted;
}

}  // namespace

TEST_CASE("a file that is written, replaced, removed or back is noticed once each", "[files]") {
    const Folder folder;
    folder.write("key", "one");
    std::atomic<int> changes{0};
    FileWatch watch{5ms};
    watch.add({folder.file("key")}, [&] { ++changes; });
    watch.start();
    std::this_thread::sleep_for(50ms);
    REQUIRE(changes == 0);

    folder.write("next", "two");
    fs::rename(folder.file("next"), folder.file("key"));
    REQUIRE(reaches(changes, 1));
    fs::remove(folder.file("key"));
    REQUIRE(reaches(changes, 2));
    folder.write("other", "four");
    fs::create_symlink("other", folder.file("key"));
    REQUIRE(reaches(changes, 3));
    fs::permissions(folder.file("other"), fs::perms::owner_read);
    REQUIRE(reaches(changes, 4));
}

TEST_CASE("files that belong together are one change", "[files]") {
    const Folder folder;
    folder.write("certificate", "one");
    folder.write("key", "one");
    std::atomic<int> changes{0};
    std::atomic<int> others{0};
    FileWatch watch{100ms};
    watch.add({folder.file("certificate"), folder.file("key")}, [&] { ++changes; });
    watch.add({folder.file("other")}, [&] { ++others; });
    folder.write("certificate", "second");
    folder.write("key", "second");
    watch.start();
    REQUIRE(reaches(changes, 1));
    std::this_thread::sleep_for(250ms);
    REQUIRE(changes == 1);
    REQUIRE(others == 0);
}

TEST_CASE("a watch ends at once, and needs no thread for nothing", "[files]") {
    const auto before = std::chrono::steady_clock::now();
    {
        FileWatch idle;
        idle.start();
        FileWatch watch{1h};
        watch.add({"/no such file"}, [] {});
        watch.start();
    }
    REQUIRE(std::chrono::steady_clock::now() - before < 5s);
}
