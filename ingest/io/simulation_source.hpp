#pragma once

#include "ingest/io/source.hpp"
#include "ingest/rules/simulation.hpp"

namespace duel::ingest {

// The records of a simulation. Stopping it completes its contest, so that none is left open for
// good.
class SimulationSource : public Source {
public:
    explicit SimulationSource(SimulationPlan plan) : simulation_{std::move(plan)} {}

    Step next(OutgoingRecord& record, Refusal& refusal) override;
    void stop() override { simulation_.finish(); }
    std::optional<double> fraction() const override { return simulation_.fraction(); }

private:
    Simulation simulation_;
};

}  // namespace duel::ingest
