#include "platform/postgres/params.hpp"

namespace duel::platform {

Params& Params::add_null(Oid type) {
    slots_.push_back({.type = type, .offset = buffer_.size(), .length = 0, .is_null = true});
    return *this;
}

void Params::clear() {
    buffer_.clear();
    slots_.clear();
}

std::optional<std::string_view> Params::bytes(std::size_t index) const {
    const Slot& slot = slots_[index];
    if (slot.is_null) return std::nullopt;
    return std::string_view(buffer_).substr(slot.offset, slot.length);
}

void Params::begin(Oid type) {
    slots_.push_back({.type = type, .offset = buffer_.size(), .length = 0, .is_null = false});
}

void Params::end() {
    slots_.back().length = buffer_.size() - slots_.back().offset;
    // libpq takes a null pointer for NULL: an empty value needs an address, so keep one behind it.
    buffer_.push_back('\0');
}

void Params::append_bools(const std::vector<bool>& values) {
    wire::append_int32(buffer_, values.empty() ? 0 : 1);
    wire::append_int32(buffer_, 0);
    wire::append_int32(buffer_, static_cast<std::int32_t>(WireType<bool>::kOid));
    if (values.empty()) return;
    wire::append_int32(buffer_, static_cast<std::int32_t>(values.size()));
    wire::append_int32(buffer_, 1);
    for (bool value : values)
        wire::append_field(buffer_, value);
}

}  // namespace duel::platform
