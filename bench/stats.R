# The statistics of `bench stats` by R's own functions (base and stats), one item after the other.
# Arguments: a file of ratings, and one for the figures. Prints each statistic's name and seconds.
options(warn = -1)
files <- commandArgs(trailingOnly = TRUE)
input <- file(files[1], "rb")
size <- readBin(input, "integer", 2, endian = "little")
n <- size[1]; items <- size[2]
ratings <- function() matrix(as.numeric(readBin(input, "integer", n * items, size = 1, signed = FALSE)), n)
before <- ratings(); after <- ratings()
group <- readBin(input, "integer", n, size = 1, signed = FALSE)
close(input)
output <- file(files[2], "wb")

timed <- function(name, of_item) {
  began <- Sys.time()
  found <- lapply(seq_len(items), function(i) of_item(before[, i], after[, i]))
  cat(name, as.numeric(Sys.time() - began, units = "secs"), "\n")
  writeBin(as.numeric(unlist(found)), output, endian = "little")
}

timed("describe", function(x, y) c(
  mean(x), sd(x), median(x), mad(x, constant = 1), quantile(x, c(.25, .75), names = FALSE),
  quantile(x, c(.3, .7), names = FALSE), quantile(x, c(.25, .75), type = 2, names = FALSE),
  quantile(x, c(.25, .75), type = 6, names = FALSE)))
timed("shares", function(x, y) {
  k <- sum(x >= 7)
  c(100 * k / n, prop.test(k, n, correct = FALSE)$conf.int, binom.test(k, n)$conf.int)
})
timed("groups", function(x, y) {
  a <- x[group == 0]; b <- x[group == 1]
  test <- wilcox.test(a, b, exact = FALSE)
  several <- kruskal.test(x, group)
  c(test$statistic, test$p.value, wilcox.test(a, b, exact = FALSE, correct = FALSE)$p.value,
    several$statistic, several$p.value)
})
timed("moved", function(x, y) {
  test <- wilcox.test(y, x, paired = TRUE, exact = FALSE, correct = FALSE)
  order <- cor.test(rank(x), rank(y))
  c(test$statistic, test$p.value, wilcox.test(y, x, paired = TRUE, exact = FALSE)$p.value,
    order$estimate, order$p.value)
})
timed("association", function(x, y) {
  test <- chisq.test(table(x, y), correct = FALSE)
  flows <- table(factor(x >= 7, c(FALSE, TRUE)), factor(y >= 7, c(FALSE, TRUE)))
  change <- mcnemar.test(flows, correct = FALSE)
  c(test$statistic, test$p.value, change$statistic, change$p.value,
    binom.test(flows[1, 2], flows[1, 2] + flows[2, 1])$p.value)
})
began <- Sys.time()
test <- friedman.test(before)
cat("order", as.numeric(Sys.time() - began, units = "secs"), "\n")
writeBin(as.numeric(c(test$statistic, test$p.value)), output, endian = "little")
close(output)
