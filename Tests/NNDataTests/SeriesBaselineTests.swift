import NNCore
import NNData
import NNTestSupport
import Testing

@Suite("Forecasts by simple methods")
struct SeriesBaselineTests {
  private let history: [Double] = [3, 5, 4, 7, 6, 9]

  @Test func byHand() {
    func forecast(_ baseline: SeriesBaseline, season: Int = 1) -> [Double]? {
      baseline.forecast(steps: 4, after: history, season: season)
    }
    #expect(forecast(.naive) == [9, 9, 9, 9])
    #expect(forecast(.seasonalNaive, season: 3) == [7, 6, 9, 7])
    // (9 − 3) ÷ 5 for each step.
    expectClose(forecast(.drift) ?? [], [10.2, 11.4, 12.6, 13.8])
    #expect(forecast(.seasonalNaive) == nil && forecast(.holtWinters) == nil)
    #expect(forecast(.seasonalNaive, season: 7) == nil)
    #expect(forecast(.holtWinters, season: .max) == nil)
    #expect(forecast(.holtWinters, season: 2) == nil)
    for baseline in SeriesBaseline.allCases {
      #expect(baseline.forecast(steps: 3, after: [], season: 2) == nil)
      #expect(baseline.forecast(steps: 0, after: history, season: 1) ?? [] == [])
    }
    #expect(SeriesBaseline.naive.forecast(steps: 1, after: [2], season: 1) == [2])
    #expect(SeriesBaseline.drift.forecast(steps: 1, after: [2], season: 1) == nil)
  }

  @Test func exactSeriesAreContinued() throws {
    let line = (0..<9).map { 2 - 0.5 * Double($0) }
    let next = try #require(SeriesBaseline.holt.forecast(steps: 3, after: line, season: 1))
    expectClose(next, [-2.5, -3, -3.5], Tolerance(relative: 1e-9))
    let season = [1.0, -2, 4]
    let all = (0..<19).map { step -> Double in 0.25 * Double(step) + season[step % 3] }
    let wave = Array(all[..<14])
    let later = try #require(SeriesBaseline.holtWinters.forecast(steps: 5, after: wave, season: 3))
    expectClose(later, Array(all[14...]), Tolerance(relative: 1e-6))
    // A constant has no scale to divide by.
    let flat = SeriesBaseline.simpleSmoothing.forecast(
      steps: 2, after: [4, 4, 4, 4], season: 1)
    expectClose(flat ?? [], [4, 4])
    #expect(ExponentialSmoothing(fitting: [1, .nan, 2], hasTrend: false) == nil)
    #expect(ExponentialSmoothing(fitting: [1], hasTrend: false) == nil)
  }

  @Test("as statsmodels", arguments: SeriesFixture.all?.smoothing ?? [])
  func smoothing(_ fixture: SeriesFixture.Smoothing) throws {
    // The best initial states for given rates are unique.
    let fixed = try #require(
      ExponentialSmoothing(
        fitting: fixture.values, rates: fixture.rates, hasTrend: fixture.trend,
        season: fixture.season))
    expectClose([fixed.squaredError], [fixture.fixed_error], Tolerance(relative: 1e-9))
    expectClose(
      fixed.forecast(fixture.fixed_forecast.count), fixture.fixed_forecast,
      Tolerance(relative: 1e-7))
    let best = try #require(
      ExponentialSmoothing(
        fitting: fixture.values, hasTrend: fixture.trend, season: fixture.season))
    #expect(best.squaredError <= fixture.error * (1 + 1e-6))
    // statsmodels bounds the rate of the trend by that of the level, which matters in one example.
    guard fixture.name != "holt" else { return }
    expectClose(best.forecast(fixture.forecast.count), fixture.forecast, Tolerance(relative: 1e-4))
  }

  @Test func fixturesAreThere() throws {
    let fixture = try #require(SeriesFixture.all)
    #expect(fixture.smoothing.count == 4 && fixture.steps.count == 13)
  }
}
