#pragma once

// The templates of settings.hpp.

namespace duel::platform {

namespace setting_text {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

template <class T>
concept HasLimits = requires {
    SettingValue<T>::kLowest;
};

// "a whole number from 1 to 65535"
template <class T>
std::string allowed_text(const Range<T>& range) {
    using Value = SettingValue<T>;
    std::optional<T> lowest = range.lowest;
    std::optional<T> highest = range.highest;
    if constexpr (HasLimits<T>) {
        if (!lowest) lowest = Value::kLowest;
        if (!highest) highest = Value::kHighest;
    }
    std::string text = Value::wanted();
    if (lowest && highest) {
        return text + " from " + Value::text(*lowest) + " to " + Value::text(*highest);
    }
    if (lowest) return text + ", at least " + Value::text(*lowest);
    if (highest) return text + ", at most " + Value::text(*highest);
    return text;
}

template <class T>
std::optional<T> read_within(const std::string& text, const Range<T>& range) {
    std::optional<T> value = SettingValue<T>::read(text);
    if constexpr (std::three_way_comparable<T>) {
        if (value && range.lowest && *value < *range.lowest) return std::nullopt;
        if (value && range.highest && *value > *range.highest) return std::nullopt;
    }
    return value;
}

}  // namespace setting_text

template <class T>
SettingEntry& SettingTable::add_checked(
    std::string flag,
    std::string env,
    T& value,
    std::string unit,
    std::string what,
    Range<T> allowed
) {
    SettingEntry entry;
    entry.flag = std::move(flag);
    entry.env = std::move(env);
    entry.unit = std::move(unit);
    entry.what = std::move(what);

    if constexpr (setting_text::IsVector<T>::value) {
        using Item = typename T::value_type;
        entry.is_list = true;
        entry.text = [&value] {
            std::string text;
            for (const Item& item : value) {
                text += (text.empty() ? "" : ",") + SettingValue<Item>::text(item);
            }
            return text;
        };
        entry.assign = [&value](const std::vector<std::string>& texts) {
            T items;
            for (const std::string& text : texts) {
                auto item = SettingValue<Item>::read(text);
                if (!item) return std::optional("each " + SettingValue<Item>::wanted());
                items.push_back(std::move(*item));
            }
            value = std::move(items);
            return std::optional<std::string>();
        };
    } else if constexpr (setting_text::IsOptional<T>::value) {
        using Item = typename T::value_type;
        entry.is_secret = std::is_same_v<Item, Secret>;
        entry.text = [&value] { return value ? SettingValue<Item>::text(*value) : std::string(); };
        entry.assign = [&value](const std::vector<std::string>& texts) {
            auto read = SettingValue<Item>::read(texts.back());
            if (!read) return std::optional(SettingValue<Item>::wanted());
            value = std::move(*read);
            return std::optional<std::string>();
        };
    } else {
        entry.is_switch = std::is_same_v<T, bool>;
        entry.is_secret = std::is_same_v<T, Secret>;
        entry.text = [&value] { return SettingValue<T>::text(value); };
        entry.assign = [&value, allowed](const std::vector<std::string>& texts) {
            auto read = setting_text::read_within(texts.back(), allowed);
            if (!read) return std::optional(setting_text::allowed_text(allowed));
            value = std::move(*read);
            return std::optional<std::string>();
        };
    }
    return keep(std::move(entry));
}

template <class E>
SettingEntry& SettingTable::add_choice(
    std::string flag,
    std::string env,
    E& value,
    std::string what,
    std::vector<std::pair<std::string, E>> words
) {
    SettingEntry entry;
    entry.flag = std::move(flag);
    entry.env = std::move(env);
    entry.what = std::move(what);
    for (const auto& [word, meaning] : words) {
        entry.unit += (entry.unit.empty() ? "" : "|") + word;
    }
    entry.text = [&value, words] {
        for (const auto& [word, meaning] : words) {
            if (meaning == value) return word;
        }
        return std::string();
    };
    entry.assign = [&value, words](const std::vector<std::string>& texts) {
        std::string allowed;
        for (const auto& [word, meaning] : words) {
            if (word == texts.back()) {
                value = meaning;
                return std::optional<std::string>();
            }
            allowed += (allowed.empty() ? "" : ", ") + word;
        }
        return std::optional("one of " + allowed);
    };
    return keep(std::move(entry));
}

template <class T>
SettingEntry& SettingTable::add_argument(std::string name, T& value, std::string what) {
    SettingEntry& entry = add_checked(std::move(name), "", value, "", std::move(what), Range<T>{});
    entry.is_argument = true;
    return entry;
}

}  // namespace duel::platform
