#include <asman/base/assignment.hpp>

#include <algorithm>
#include <limits>
#include <queue>

namespace asman::base {
namespace {

/// Costs are negated scores; each row also has a column of its own at cost 0, which stands for "unassigned".
class Augmenter {
  public:
    Augmenter(std::uint32_t rows, std::uint32_t columns, std::span<const PossiblePair> pairs)
        : columns_(columns),
          starts_(rows + 1, 0),
          price_(columns + rows, 0),
          owner_(columns + rows, unassigned),
          column_of_(rows, unassigned),
          cost_of_(rows, 0),
          distance_(columns + rows, infinity),
          from_row_(columns + rows, unassigned),
          from_cost_(columns + rows, 0),
          done_(columns + rows, 0) {
        for (const auto& p : pairs) {
            if (p.score > 0) ++starts_[p.row + 1];
        }
        for (std::uint32_t r = 0; r < rows; ++r) starts_[r + 1] += starts_[r];
        edges_.resize(starts_.back());
        auto next = starts_;
        for (const auto& p : pairs) {
            if (p.score > 0) edges_[next[p.row]++] = {p.column, -p.score};
        }
    }

    void add(std::uint32_t row) {
        touched_.clear();
        queue_ = {};
        relax(row, 0);
        std::uint32_t end = unassigned;
        while (true) {
            const auto [distance, column] = queue_.top();  // never empty: a row's own column is always reachable
            queue_.pop();
            if (done_[column] != 0 || distance > distance_[column]) continue;
            done_[column] = 1;
            if (owner_[column] == unassigned) {
                end = column;
                break;
            }
            const auto next = owner_[column];
            relax(next, distance - (cost_of_[next] - price_[column]));
        }
        const double shortest = distance_[end];
        for (const auto c : touched_) {
            if (done_[c] != 0) price_[c] += distance_[c] - shortest;
        }
        while (true) {  // turn the path around
            const auto r = from_row_[end];
            const auto before = column_of_[r];
            owner_[end] = r;
            column_of_[r] = end;
            cost_of_[r] = from_cost_[end];
            if (r == row) break;
            end = before;
        }
        for (const auto c : touched_) {
            distance_[c] = infinity;
            done_[c] = 0;
        }
    }

    std::vector<std::uint32_t> result() const {
        auto out = column_of_;
        for (auto& c : out) {
            if (c != unassigned && c >= columns_) c = unassigned;
        }
        return out;
    }

  private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    struct Edge {
        std::uint32_t column;
        double cost;
    };

    void relax(std::uint32_t row, double base) {
        for (auto i = starts_[row]; i < starts_[row + 1]; ++i) reach(row, edges_[i].column, edges_[i].cost, base);
        reach(row, columns_ + row, 0, base);
    }
    void reach(std::uint32_t row, std::uint32_t column, double cost, double base) {
        const double d = base + cost - price_[column];
        if (done_[column] != 0 || d >= distance_[column]) return;
        if (distance_[column] == infinity) touched_.push_back(column);
        distance_[column] = d;
        from_row_[column] = row;
        from_cost_[column] = cost;
        queue_.emplace(d, column);
    }

    using Item = std::pair<double, std::uint32_t>;
    std::uint32_t columns_;
    std::vector<std::uint32_t> starts_;
    std::vector<Edge> edges_;
    std::vector<double> price_;
    std::vector<std::uint32_t> owner_, column_of_;
    std::vector<double> cost_of_;
    std::vector<double> distance_;
    std::vector<std::uint32_t> from_row_;
    std::vector<double> from_cost_;
    std::vector<char> done_;
    std::vector<std::uint32_t> touched_;
    std::priority_queue<Item, std::vector<Item>, std::greater<>> queue_;
};

}  // namespace

std::vector<std::uint32_t> best_assignment(std::uint32_t rows, std::uint32_t columns,
                                           std::span<const PossiblePair> pairs) {
    Augmenter augmenter(rows, columns, pairs);
    for (std::uint32_t r = 0; r < rows; ++r) augmenter.add(r);
    return augmenter.result();
}

}  // namespace asman::base
