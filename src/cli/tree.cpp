#include "tree.hpp"

namespace asman::cli {
namespace {

OptionText text_of(const CLI::Option& option) {
    OptionText out;
    out.names = option.get_name(option.get_positional(), true);
    for (const auto& name : option.get_snames()) out.words.push_back("-" + name);
    for (const auto& name : option.get_lnames()) out.words.push_back("--" + name);
    if (option.get_items_expected_max() > 0) out.value = option.get_type_name();
    out.description = option.get_description();
    out.required = option.get_required();
    return out;
}

void walk(const CLI::App& app, const std::string& path, std::vector<CommandText>& out) {
    CommandText command{path, app.get_description(), app.get_footer(), {}, {}};
    for (const auto* option : app.get_options()) command.options.push_back(text_of(*option));
    const auto below = app.get_subcommands([](const CLI::App* sub) { return !sub->get_name().empty(); });
    for (const auto* sub : below) command.subcommands.push_back(sub->get_name());
    out.push_back(std::move(command));
    for (const auto* sub : below) walk(*sub, path + " " + sub->get_name(), out);
}

}  // namespace

std::vector<CommandText> command_tree(const CLI::App& app) {
    std::vector<CommandText> out;
    walk(app, app.get_name(), out);
    return out;
}

}  // namespace asman::cli
