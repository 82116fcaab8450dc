import NNCore

/// Human-readable numbers.
enum NumberText {
  /// An integer in groups of three digits: `1,234,567`.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// A number with the given number of significant digits: `0.01234`, `1.5e-07`.
  static func rounded(_ number: Double, digits: Int = 4) -> String {
    DecimalText.significant(number, digits: digits)
  }

  /// A number with the given number of decimals: `91.20`.
  static func fixed(_ number: Double, decimals: Int) -> String {
    DecimalText.fixed(number, decimals: decimals)
  }

  /// A size in bytes in the largest suitable unit: `512 B`, `3.2 MiB`.
  static func bytes(_ count: Int) -> String {
    if count < 1024 { return "\(count) B" }
    let units = ["KiB", "MiB", "GiB", "TiB"]
    var amount = Double(count) / 1024
    var unit = 0
    while amount >= 1024, unit < units.count - 1 {
      amount /= 1024
      unit += 1
    }
    return "\(fixed(amount, decimals: 1)) \(units[unit])"
  }

  /// A duration: `0.42 s`, `12.3 s`, `3 min 20 s`, `2 h 05 min`.
  static func duration(_ seconds: Double) -> String {
    if seconds < 1 { return "\(fixed(seconds, decimals: 2)) s" }
    if seconds < 60 { return "\(fixed(seconds, decimals: 1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
    return "\(whole / 3600) h \(padded(whole / 60 % 60)) min"
  }

  /// A remaining time in clock format: `0:09`, `12:34`, `1:02:03`.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 359_999).rounded(.up))
    let minutes = whole < 3600 ? "\(whole / 60)" : "\(whole / 3600):\(padded(whole / 60 % 60))"
    return "\(minutes):\(padded(whole % 60))"
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
