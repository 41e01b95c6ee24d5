#pragma once

// What was measured, for people (a table) and for programs (JSON).

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duel::bench {

// One line of a report; an empty unit is a plain number.
struct Figure {
    std::string name;
    double value = 0;
    std::string unit;
};

class Report {
public:
    explicit Report(std::string title) : title_(std::move(title)) {}

    void add(std::string name, double value, std::string unit = "");
    void note(std::string name, std::string text);

    std::string table() const;
    std::string json() const;

    // Prints the table; appends the JSON as a line to the file, where one is named.
    void publish(const std::string& json_file) const;

private:
    std::string title_;
    std::vector<std::pair<std::string, std::string>> notes_;
    std::vector<Figure> figures_;
};

// The value below which that part (0.99) of the samples lies; 0 of none. Sorts.
double percentile(std::vector<double>& samples, double part);

}  // namespace duel::bench
