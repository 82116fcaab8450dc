#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

func decimalLogarithm(_ value: Double) -> Double { log10(value) }

func sine(degrees: Double) -> Double { sin(degrees * .pi / 180) }

func cosine(degrees: Double) -> Double { cos(degrees * .pi / 180) }

/// 10 to an integer power, exact wherever `Double` can represent it.
func powerOfTen(_ exponent: Int) -> Double {
  // Dividing by an integer rounds once, but beyond 10³⁰⁸ `Double` has none.
  exponent < 0 && exponent > -300 ? 1 / powerOfTen(-exponent) : pow(10, Double(exponent))
}

/// ⌊log₁₀ value⌋ of a positive number, correct at integer powers of ten.
func decimalExponent(_ value: Double) -> Int {
  let guess = Int(log10(value).rounded(.down))
  if powerOfTen(guess + 1) <= value { return guess + 1 }
  return powerOfTen(guess) > value ? guess - 1 : guess
}
