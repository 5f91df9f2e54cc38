# The reference numbers of survival.json, made with R and its package survival (Therneau; the data sets
# come with the package and are cited there). Run where R has the package:
#
#     Rscript survival_numbers.R > survival.json
#
# Of each data set only times, kinds of end and patients are kept: what the estimates are made of.
suppressMessages(library(survival))

number <- function(x) ifelse(is.finite(x), sprintf("%.12g", x), "null")
list_of <- function(x) paste0("[", paste(x, collapse = ", "), "]")
numbers <- function(x) list_of(number(x))
object <- function(...) {
  parts <- list(...)
  paste0("{", paste(sprintf('"%s": %s', names(parts), unlist(parts)), collapse = ", "), "}")
}
units <- function(time, kind, patient) {
  object(time = numbers(time), kind = numbers(kind), patient = numbers(as.integer(factor(patient))))
}

# Kaplan-Meier with Greenwood on the log-log scale, the median's interval, the restricted mean.
plain <- function(time, status, at, horizon) {
  fit <- survfit(Surv(time, status) ~ 1, conf.type = "log-log")
  s <- summary(fit, times = at)
  q <- quantile(fit, 0.5)
  object(
    at = numbers(at), survival = numbers(s$surv), lower = numbers(s$lower), upper = numbers(s$upper),
    at_risk = numbers(s$n.risk), median = numbers(c(q$quantile, q$lower, q$upper)), horizon = number(horizon),
    rmst = number(summary(fit, rmean = horizon)$table[["rmean"]])
  )
}

# The same with patients as clusters: the standard error of S by the infinitesimal jackknife.
clustered <- function(time, status, id, at) {
  fit <- survfit(Surv(time, status) ~ 1, id = seq_along(time), cluster = id, robust = TRUE)
  s <- summary(fit, times = at)
  object(at = numbers(at), survival = numbers(s$surv), robust_se = numbers(s$std.err))
}

# Aalen-Johansen, with the infinitesimal jackknife for the standard error.
competing <- function(time, kind, at) {
  fit <- survfit(Surv(time, factor(kind)) ~ 1)
  s <- summary(fit, times = at)
  kinds <- seq_len(ncol(s$pstate))[-1]
  object(
    at = numbers(at),
    incidence = list_of(sapply(kinds, function(k) numbers(s$pstate[, k]))),
    se = list_of(sapply(kinds, function(k) numbers(s$std.err[, k])))
  )
}

log_rank <- function(time, status, group) {
  fit <- survdiff(Surv(time, status) ~ group)
  object(chi_squared = number(fit$chisq), degrees = number(length(fit$n) - 1))
}

# Hazard ratio of one level against another, Efron's ties, patients as clusters.
hazard <- function(time, status, x, id) {
  fit <- coxph(Surv(time, status) ~ x, cluster = id, ties = "efron")
  object(log_ratio = number(coef(fit)[[1]]), robust_se = number(sqrt(fit$var[1, 1])),
         naive_se = number(sqrt(fit$naive.var[1, 1])))
}

m <- with(mgus2, data.frame(
  time = ifelse(pstat == 1, ptime, futime), kind = ifelse(pstat == 1, 1, 2 * death), sex = as.integer(sex)
))
t <- with(transplant, data.frame(time = futime, kind = as.integer(event) - 1))
# Two eyes of a patient: as many clusters of two.
d <- diabetic
h <- aggregate(cbind(stop, event) ~ id, heart, max)
p <- aggregate(cbind(futime, status) ~ id, pbcseq, max)

cat(object(
  R = sprintf('"%s"', R.version.string), package = sprintf('"survival %s"', packageVersion("survival")),
  mgus2 = object(
    units = units(m$time, m$kind, seq_along(m$time)), plain = plain(m$time, m$kind > 0, c(12, 60, 120, 240), 240),
    competing = competing(m$time, m$kind, c(12, 60, 120, 240)),
    group = numbers(m$sex), log_rank = log_rank(m$time, m$kind > 0, m$sex),
    hazard = hazard(m$time, m$kind > 0, m$sex == 2, seq_along(m$time))
  ),
  transplant = object(
    units = units(t$time, t$kind, seq_along(t$time)), competing = competing(t$time, t$kind, c(90, 180, 365, 730))
  ),
  heart = object(units = units(h$stop, h$event, h$id), plain = plain(h$stop, h$event, c(30, 90, 365, 1000), 1000)),
  pbcseq = object(
    units = units(p$futime, ifelse(p$status == 0, 0, p$status), p$id),
    competing = competing(p$futime, p$status, c(365, 1461, 2922))
  ),
  diabetic = object(
    units = units(d$time, d$status, d$id), clustered = clustered(d$time, d$status, d$id, c(6, 12, 24, 48)),
    group = numbers(d$trt), hazard = hazard(d$time, d$status, d$trt, d$id)
  )
), "\n")
