import Foundation
import NNCore
import NNSearch
import NNTestSupport
import NNTraining
import Testing

@Suite("Search: tree-structured Parzen estimator")
struct ParzenEstimatorTests {
  @Test("densities and the chosen candidate are Optuna's")
  func densities() throws {
    let examples = try #require(SearchFixture.load("tpe")["estimators"]?.list)
    #expect(examples.count == 28)
    for example in examples {
      let name = example["name"]?.text ?? ""
      let domain = try Self.domain(try #require(example["domain"]))
      func numbers(_ key: String) throws -> [Double] { try #require(example[key]?.numbers) }
      func value(_ number: Double) -> SearchValue {
        if case .choice = domain { .choice(Int(number)) } else { .number(number) }
      }
      let (good, bad) = (
        ParzenEstimator(try numbers("good"), of: domain),
        ParzenEstimator(try numbers("bad"), of: domain)
      )
      let candidates = try numbers("candidates").map(value)
      let tolerance = Tolerance(relative: 1e-9, absolute: 1e-9)
      expectClose(
        candidates.map(good.logDensity), try numbers("log_good"), tolerance, "\(name) good")
      expectClose(candidates.map(bad.logDensity), try numbers("log_bad"), tolerance, "\(name) bad")
      let best = try #require(example["best"]?.integer)
      #expect(ParzenEstimator.best(of: candidates, good, bad) == candidates[best], "\(name)")
    }
  }

  private static func domain(_ option: FixtureOption) throws -> SearchDomain {
    if let choices = option["choice"]?.list {
      return .choice(choices.map { .string($0.text ?? "") })
    }
    let bounds = try #require((option["log"] ?? option["range"])?.numbers)
    return .range(
      SearchRange(
        bounds[0], bounds[1], step: option["step"]?.number,
        isInteger: option["integer"]?.boolean ?? false, isLogarithmic: option["log"] != nil))
  }

  @Test("good trials are those of Optuna, pruned ones after complete ones")
  func splits() throws {
    let examples = try #require(SearchFixture.load("tpe")["splits"]?.list)
    #expect(examples.count == 10)
    for example in examples {
      let sign = example["direction"]?.text == "maximize" ? -1.0 : 1
      let trials = try #require(example["trials"]?.list)
      let observations = try trials.enumerated().map { index, trial in
        let step = try #require(trial["pruned_at"]?.integer)
        return Observation(
          trial: index + 1, point: SearchPoint([]),
          loss: sign * (try #require(trial["value"]?.number)),
          end: step == 0 ? .complete : .pruned(epoch: step))
      }
      let (below, above) = ParzenEstimator.split(observations)
      #expect(below.map { Double($0.trial) } == example["below"]?.numbers)
      #expect(below.count + above.count == trials.count)
      #expect(above.map(\.trial) == above.map(\.trial).sorted())
    }
  }

  @Test("trials without a result are the worst")
  func failures() {
    let observations = (1...20).map { number in
      Observation(
        trial: number, point: SearchPoint([]), loss: number < 19 ? .infinity : 1,
        end: number < 19 ? .failed : .pruned(epoch: 1))
    }
    #expect(ParzenEstimator.split(observations).below.map(\.trial) == [19, 20])
  }

  @Test("samples have the estimator's density")
  func samples() throws {
    for (domain, values) in [
      (SearchDomain.range(SearchRange(0, 1)), [0.2, 0.9]),
      (.range(SearchRange(1, 8, isInteger: true, isLogarithmic: true)), [2, 3, 3]),
      (.choice([.integer(1), .integer(2), .integer(3)]), [1, 1, 2]),
    ] {
      let estimator = ParzenEstimator(values, of: domain)
      let random = Philox(seed: 5)
      var counts: [SearchValue: Double] = [:]
      let total = 20_000
      for index in 0..<total {
        let value = estimator.value(
          kernel: random.preciseUniform(2 * index), quantile: random.preciseUniform(2 * index + 1))
        // Numbers without a spacing are counted in tenths.
        if case .number(let number) = value, domain.count == nil {
          counts[.number((number * 10).rounded(.down) / 10 + 0.05), default: 0] += 1
        } else {
          counts[value, default: 0] += 1
        }
      }
      for (value, count) in counts {
        let width = domain.count == nil ? 0.1 : 1
        let expected = width * exp(estimator.logDensity(value))
        // Four standard deviations, and the curvature within a tenth.
        let tolerance =
          4 * (expected / Double(total)).squareRoot() + (domain.count == nil ? 0.01 : 0)
        #expect(abs(count / Double(total) - expected) < tolerance, "\(domain) \(value)")
      }
    }
  }
}
