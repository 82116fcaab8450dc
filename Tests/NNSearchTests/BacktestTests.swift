import Foundation
import NNCore
import NNData
import NNSearch
import NNTestSupport
import NNTraining
import Testing

/// Sixty months of a series and a config that learns it in a moment.
private struct Sample {
  static let count = 60
  let folder: TemporaryFolder
  let config: String

  init(source options: String = "", loss: String = "mse", outputs: Int = 3) throws {
    folder = try TemporaryFolder()
    config = """
      name: sample
      seed: 3
      data:
        train: {series: \(folder.path("s.csv")), column: y, index: month, window: 6, horizon: 3\(options)}
        validation: {split: 0.1}
        normalize: standard
        normalize_target: standard
        batch_size: 16
      model: [flatten, {linear: \(outputs)}]
      loss: \(loss)
      optimizer: {adam: {lr: 0.05}}
      epochs: 3
      """
    try write(Self.values)
  }

  static let values = (0..<count).map { row in
    10 + 0.1 * Double(row) + [3.0, 0, -2, 1][row % 4] + 0.05 * Philox(seed: 8).normal(row)
  }

  func write(_ values: [Double]) throws {
    let rows = values.enumerated().map { row, value in
      let month = row % 12 + 1
      return "\(2000 + row / 12)-\(month < 10 ? "0" : "")\(month),\(value),\(-value)\n"
    }
    try folder.write("month,y,z\n" + rows.joined(), to: "s.csv")
  }

  func prepared(
    _ name: String, origins: Int = 4, horizon: Int? = nil, step: Int? = nil, season: Int? = nil,
    _ overrides: [String] = []
  ) throws -> Backtest {
    try Backtest(
      config: Config(yaml: config, overrides: overrides), origins: origins, horizon: horizon,
      step: step, season: season, claim: RunClaim(RunFolder(folder.path(name))), resumes: false)
  }
}

@Suite("Rolling backtest")
struct BacktestTests {
  @Test("origins, forecasts and errors are those of the series")
  func errors() throws {
    let sample = try Sample()
    let backtest = try sample.prepared("a", season: 4)
    #expect(try backtest.run(parallel: 2) == .finished)
    // The last origin is followed by the whole horizon; the others lie three rows apart.
    #expect(backtest.origins.map(\.row) == [48, 51, 54, 57])
    let values = Sample.values
    var (naive, seasonal, network) = ([Double](), [Double](), [Double]())
    for origin in backtest.origins {
      let row = origin.row
      #expect(origin.values == (0..<3).map { [values[row + $0]] })
      #expect(origin.keys.map(backtest.index.text)[0].hasPrefix("\(2000 + row / 12)-"))
      #expect(origin.forecasts["naive"] == [[Double]](repeating: [values[row - 1]], count: 3))
      #expect(origin.forecasts["seasonal_naive"] == (0..<3).map { [values[row - 4 + $0]] })
      let changes = zip(values[4..<row], values).map { abs($0 - $1) }
      let scale = changes.reduce(0, +) / Double(row - 4)
      expectClose(origin.scales, [scale])
      for step in 0..<3 {
        naive.append(abs(values[row - 1] - values[row + step]))
        seasonal.append(abs(values[row - 4 + step] - values[row + step]) / scale)
        let forecast = try #require(origin.forecasts["network"]?[step][0])
        network.append(forecast - values[row + step])
      }
    }
    func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }
    expectClose([backtest.errors(of: "naive").absoluteError], [mean(naive)])
    expectClose([backtest.errors(of: "seasonal_naive").scaledError], [mean(seasonal)])
    let second = stride(from: 1, to: naive.count, by: 3).map { naive[$0] }
    expectClose([backtest.errors(of: "naive", step: 2).absoluteError], [mean(second)])
    expectClose(
      [backtest.errors(of: "network").rootSquaredError],
      [mean(network.map { $0 * $0 }).squareRoot()])
    #expect(
      backtest.methods == [
        "network", "naive", "seasonal_naive", "drift", "simple_smoothing", "holt", "holt_winters",
      ])
    #expect(backtest.coverage() == nil)
    let table = try sample.folder.text(of: "a/backtest.csv").split(separator: "\n")
    #expect(table.count == 1 + 7 * 4 && table[0] == "method,step,mae,rmse,mase,smape")
    let forecasts = try sample.folder.text(of: "a/forecasts.csv").split(separator: "\n")
    #expect(forecasts.count == 1 + 4 * 3)
    #expect(forecasts[0].hasPrefix("origin,step,month,column,value,network,naive,"))
    #expect(forecasts[1].hasPrefix("1,1,2004-01-01,y,\(values[48]),"))
    // The trend and the season are what the series consists of.
    #expect(
      backtest.errors(of: "holt_winters").absoluteError
        < backtest.errors(of: "seasonal_naive").absoluteError)
  }

  @Test("what comes after an origin changes neither its network nor its forecasts")
  func nothingLeaks() throws {
    let sample = try Sample(source: ", covariates: z")
    let backtest = try sample.prepared("a")
    _ = try backtest.run(parallel: 1)
    var values = Sample.values
    for row in 54..<Sample.count { values[row] += 100 }
    try sample.write(values)
    let changed = try sample.prepared("b")
    _ = try changed.run(parallel: 3)
    func weights(_ folder: String, _ fold: Int) throws -> [HostTensor] {
      let run = RunFolder(sample.folder.path("\(folder)/runs/fold-\(fold)"))
      return try TrainedModel(folder: run).weights.map(\.tensor)
    }
    for place in 0..<4 {
      let areEqual = backtest.origins[place].forecasts == changed.origins[place].forecasts
      // The origin at row 54 has the same past, the next one has not.
      #expect(areEqual == (place < 3), "\(place)")
      #expect(try weights("a", place + 1) == weights("b", place + 1) || place == 3)
    }
  }

  @Test("origins any number of rows apart, shorter horizons and the season of the dates")
  func options() throws {
    let sample = try Sample(loss: "{quantile: {quantiles: [0.1, 0.5, 0.9]}}", outputs: 9)
    let backtest = try sample.prepared("a", origins: 3, horizon: 2, step: 1)
    _ = try backtest.run(parallel: 1)
    #expect(backtest.season == 12 && backtest.horizon == 2)
    #expect(backtest.origins.map(\.row) == [55, 56, 57])
    var (inside, count) = (0, 0)
    for origin in backtest.origins {
      #expect(origin.quantiles.count == 2 && origin.values.count == 2)
      for step in 0..<2 {
        let own = origin.quantiles[step][0]
        #expect(own == own.sorted() && own[1] == origin.forecasts["network"]?[step][0])
        count += 1
        if own[0] <= origin.values[step][0], origin.values[step][0] <= own[2] { inside += 1 }
      }
    }
    #expect(backtest.coverage() == Double(inside) / Double(count))
  }

  @Test("the range of the test data is part of the series")
  func testRange() throws {
    let sample = try Sample()
    let file = sample.folder.path("s.csv")
    let overrides = [
      "data.train.to=2003-01",
      "data.test={series: \(file), column: y, index: month, window: 6, horizon: 3, "
        + "from: 2003-01, to: 2004-07}",
    ]
    let backtest = try sample.prepared("a", origins: 2, overrides)
    _ = try backtest.run(parallel: 1)
    #expect(backtest.origins.map(\.row) == [48, 51])
  }

  @Test("refuses what cannot be measured, with a fix")
  func wrong() throws {
    let sample = try Sample()
    func refuse(
      _ parts: String..., origins: Int = 4, horizon: Int? = nil, with overrides: [String] = [],
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let error = #expect(throws: NNError.self, sourceLocation: sourceLocation) {
        _ = try sample.prepared("w", origins: origins, horizon: horizon, overrides)
      }
      for part in parts {
        #expect("\(error.map { "\($0)" } ?? "")".contains(part), sourceLocation: sourceLocation)
      }
    }
    refuse("a horizon of 4 steps, and the network forecasts 3", "use 1 to 3", horizon: 4)
    refuse("1 origins; expected 2 to 1000", origins: 1)
    refuse("leave the first one nothing to train on", origins: 30)
    refuse(
      "a backtest forecasts a series, and `data.train` is `xor`", "{series: sales.csv",
      with: ["data.train=xor", "data.validation=null"])
    refuse(
      "the validation data are a source of their own", "validation: {split: 0.1}",
      with: [
        "data.validation={series: \(sample.folder.path("s.csv")), column: y, window: 6, "
          + "horizon: 3}"
      ])
  }
}
