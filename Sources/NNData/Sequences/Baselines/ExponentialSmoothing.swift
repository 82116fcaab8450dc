import NNCore

/// Additive exponential smoothing: a level, a trend and a season, each of which follows the values.
///
/// ŷ = l + b + s with the season s of one season before; after a value y and e = y − ŷ:
/// l ← l + b + α·e, b ← b + α·β·e, s ← s + γ·e. The parameters and the initial states have the least
/// sum of squared errors e over the history, among 0 ≤ α, β ≤ 1 and 0 ≤ γ ≤ 1 − α.
///
/// Sources: Holt, "Forecasting seasonals and trends by exponentially weighted moving averages", 1957;
/// Winters, "Forecasting sales by exponentially weighted moving averages", 1960; the form with
/// errors: Hyndman, Koehler, Ord, Snyder, "Forecasting with exponential smoothing", 2008.
public struct ExponentialSmoothing: Sendable {
  /// How fast each component follows the values.
  public struct Rates: Sendable, Hashable {
    /// The rate of the level, 0 to 1.
    public var level: Double
    /// The rate of the trend relative to the level's, 0 to 1; 0 without a trend.
    public var trend: Double
    /// The rate of the season, 0 to 1 − `level`; 0 without a season.
    public var season: Double

    /// Creates rates.
    public init(level: Double, trend: Double = 0, season: Double = 0) {
      self.level = level
      self.trend = trend
      self.season = season
    }
  }

  /// The rates.
  public let rates: Rates
  /// Σ e² over the history.
  public let squaredError: Double
  private let level: Double
  private let trend: Double
  /// The seasonal states, the next one first.
  private let seasonal: [Double]

  /// The number of values that are fitted: the last ones of a longer history, or ten seasons.
  public static let largestHistory = 2000

  /// Fits rates and initial states to a history.
  ///
  /// The initial states are the solution of a linear least squares problem for each choice of rates;
  /// the rates are found on a grid, then by a search that halves its steps.
  ///
  /// - Parameters:
  ///   - history: The values in temporal order.
  ///   - hasTrend: Whether there is a trend.
  ///   - season: The number of values in a season; 1 (default) for no season.
  /// - Returns: nil for fewer than two values, four with a trend, two seasons and four with a season,
  ///   for a season above ``longestSeason``, and for values that are not finite.
  public init?(fitting history: [Double], hasTrend: Bool, season: Int = 1) {
    guard Self.canFit(history, hasTrend: hasTrend, season: season) else { return nil }
    let problem = SmoothingProblem(
      Array(history.suffix(max(Self.largestHistory, 10 * season))), hasTrend: hasTrend,
      season: season)
    var best = problem.bestOnGrid()
    var step = 0.1
    while step > 1e-6 {
      let better = problem.neighbours(of: best.place, step).map { ($0, problem.error(at: $0)) }
        .min { $0.1 < $1.1 }
      if let better, better.1 < best.error {
        best = better
      } else {
        step /= 2
      }
    }
    self.init(problem.solved(problem.rates(at: best.place)), problem, problem.rates(at: best.place))
  }

  /// The longest season: the time grows with its third power.
  public static let longestSeason = 366

  private static func canFit(_ history: [Double], hasTrend: Bool, season: Int) -> Bool {
    guard season <= longestSeason else { return false }
    let least = season > 1 ? 2 * season + 4 : hasTrend ? 4 : 2
    return history.count >= least && history.allSatisfy(\.isFinite)
  }

  /// Fits the initial states alone; otherwise as above.
  public init?(fitting history: [Double], rates: Rates, hasTrend: Bool, season: Int = 1) {
    guard Self.canFit(history, hasTrend: hasTrend, season: season) else { return nil }
    let problem = SmoothingProblem(history, hasTrend: hasTrend, season: season)
    self.init(problem.solved(rates), problem, rates)
  }

  private init(_ end: SmoothingProblem.End, _ problem: SmoothingProblem, _ rates: Rates) {
    self.rates = rates
    squaredError = end.error * problem.unit * problem.unit
    level = end.level * problem.unit + problem.offset
    trend = end.trend * problem.unit
    seasonal = end.seasonal.map { $0 * problem.unit }
  }

  /// The values after the history.
  public func forecast(_ steps: Int) -> [Double] {
    (0..<steps).map { step in
      level + Double(step + 1) * trend
        + (seasonal.isEmpty ? 0 : seasonal[step % seasonal.count])
    }
  }
}

/// The least squares problem of a history.
private struct SmoothingProblem {
  /// The states after the history.
  struct End {
    let error: Double
    let level: Double
    let trend: Double
    let seasonal: [Double]
  }

  /// What was subtracted from the history, and by what it was divided.
  let offset: Double
  let unit: Double
  private let values: [Double]
  private let hasTrend: Bool
  private let season: Int
  /// The number of free initial states: the level, a trend, and all but one of the season, since a
  /// constant may be in the level or in the season.
  private var unknowns: Int { 1 + (hasTrend ? 1 : 0) + season - 1 }
  private var rateCount: Int { 1 + (hasTrend ? 1 : 0) + (season > 1 ? 1 : 0) }

  init(_ history: [Double], hasTrend: Bool, season: Int) {
    let mean = history.reduce(0) { $0 + $1 / Double(history.count) }
    let largest = history.reduce(0) { max($0, ($1 - mean).magnitude) }
    offset = mean
    unit = largest > 0 && largest.isFinite ? largest : 1
    let divisor = unit
    values = history.map { ($0 - mean) / divisor }
    self.hasTrend = hasTrend
    self.season = season
  }

  /// The rates at a place of the unit cube.
  func rates(at place: [Double]) -> ExponentialSmoothing.Rates {
    ExponentialSmoothing.Rates(
      level: place[0], trend: hasTrend ? place[1] : 0,
      season: season > 1 ? (1 - place[0]) * place[rateCount - 1] : 0)
  }

  func error(at place: [Double]) -> Double { solved(rates(at: place)).error }

  func bestOnGrid() -> (place: [Double], error: Double) {
    let grid = [0.02, 0.1, 0.3, 0.6, 0.95]
    var places: [[Double]] = [[]]
    for _ in 0..<rateCount { places = places.flatMap { place in grid.map { place + [$0] } } }
    var best = (place: places[0], error: Double.infinity)
    for place in places {
      let error = error(at: place)
      if error < best.error { best = (place, error) }
    }
    return best
  }

  /// The places one step away along each axis, within the unit cube.
  func neighbours(of place: [Double], _ step: Double) -> [[Double]] {
    place.indices.flatMap { axis in
      [-step, step].compactMap { change -> [Double]? in
        var other = place
        other[axis] = min(1, max(0, place[axis] + change))
        return other == place ? nil : other
      }
    }
  }

  /// The end of the history with the best initial states for some rates.
  func solved(_ rates: ExponentialSmoothing.Rates) -> End {
    let start = leastSquares(rates)
    var level = start[0]
    var trend = hasTrend ? start[1] : 0
    var seasonal = [Double](repeating: 0, count: season)
    for place in 0..<season - 1 { seasonal[place] = start[unknowns - season + 1 + place] }
    var squares = 0.0
    for (time, value) in values.enumerated() {
      let error = value - (level + trend + seasonal[time % season])
      squares += error * error
      level += trend + rates.level * error
      trend += rates.level * rates.trend * error
      seasonal[time % season] += rates.season * error
    }
    let next = values.count % season
    return End(
      error: squares.isNaN ? .infinity : squares, level: level, trend: trend,
      seasonal: season > 1 ? Array(seasonal[next...] + seasonal[..<next]) : [])
  }

  /// The initial states with the least squared error: errors are linear in them.
  private func leastSquares(_ rates: ExponentialSmoothing.Rates) -> [Double] {
    let count = unknowns
    // Each state is a row: its dependence on the unknowns, then its constant part.
    let width = count + 1
    func unit(_ place: Int) -> [Double] { (0..<width).map { $0 == place ? 1 : 0 } }
    let zero = [Double](repeating: 0, count: width)
    var level = unit(0)
    var trend = hasTrend ? unit(1) : zero
    var seasonal = (0..<season).map { place in
      place < season - 1 ? unit(count - season + 1 + place) : zero
    }
    var matrix = [Double](repeating: 0, count: count * count)
    var right = [Double](repeating: 0, count: count)
    var error = zero
    for (time, value) in values.enumerated() {
      let place = time % season
      for index in 0..<width {
        error[index] = -(level[index] + trend[index] + seasonal[place][index])
      }
      error[count] += value
      for row in 0..<count where error[row] != 0 {
        right[row] -= error[row] * error[count]
        for column in 0...row { matrix[row * count + column] += error[row] * error[column] }
      }
      for index in 0..<width {
        level[index] += trend[index] + rates.level * error[index]
        trend[index] += rates.level * rates.trend * error[index]
        seasonal[place][index] += rates.season * error[index]
      }
    }
    return Self.solution(matrix, right, count)
  }

  /// Solves a symmetric system by Cholesky's method; states that the history does not determine are
  /// near 0.
  private static func solution(_ matrix: [Double], _ right: [Double], _ count: Int) -> [Double] {
    var lower = matrix
    let largest = (0..<count).reduce(0.0) { max($0, matrix[$1 * count + $1]) }
    let ridge = max(largest, 1) * 1e-12
    for row in 0..<count {
      for column in 0...row {
        var sum = matrix[row * count + column] + (row == column ? ridge : 0)
        for index in 0..<column {
          sum -= lower[row * count + index] * lower[column * count + index]
        }
        if row == column {
          lower[row * count + row] = max(sum, ridge).squareRoot()
        } else {
          lower[row * count + column] = sum / lower[column * count + column]
        }
      }
    }
    var solution = right
    for row in 0..<count {
      for index in 0..<row { solution[row] -= lower[row * count + index] * solution[index] }
      solution[row] /= lower[row * count + row]
    }
    for row in (0..<count).reversed() {
      for index in row + 1..<count {
        solution[row] -= lower[index * count + row] * solution[index]
      }
      solution[row] /= lower[row * count + row]
    }
    return solution
  }
}
