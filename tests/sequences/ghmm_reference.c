/* Made the numbers of tst_chains.cpp that are GHMM's: General Hidden Markov Model library 0.9~rc3 (Debian libghmm-dev 0.9~rc3-4),
   http://ghmm.org. Not built with the tests. To make them again:
     apt install libghmm-dev && gcc -rdynamic ghmm_reference.c -lghmm -lm -o ghmm_reference && ./ghmm_reference
   The sequences are made by the same recurrence as in the test. */
#include <stdio.h>
#include <stdlib.h>

#include <ghmm/ghmm.h>
#include <ghmm/foba.h>
#include <ghmm/model.h>
#include <ghmm/reestimate.h>
#include <ghmm/sequence.h>
#include <ghmm/sfoba.h>
#include <ghmm/smodel.h>
#include <ghmm/sreestimate.h>
#include <ghmm/sviterbi.h>
#include <ghmm/viterbi.h>

enum { kStates = 3, kSymbols = 4, kLength = 200 };

static const double kStarts[kStates] = {0.5, 0.3, 0.2};
static const double kSteps[kStates][kStates] = {{0.8, 0.15, 0.05}, {0.1, 0.7, 0.2}, {0.25, 0.05, 0.7}};
static const double kShows[kStates][kSymbols] = {{0.6, 0.2, 0.1, 0.1}, {0.1, 0.6, 0.2, 0.1}, {0.05, 0.15, 0.3, 0.5}};
static const double kMeans[kStates] = {-1.5, 0.25, 2.0};
static const double kDeviations[kStates] = {0.6, 0.8, 1.1};

/* Debian's library names these of ATLAS without linking it. Only normals of many dimensions ask for them. */
int clapack_dgetrf(void) { abort(); }
int clapack_dgetri(void) { abort(); }
int clapack_dpotrf(void) { abort(); }

/* Numbers that any program makes alike. */
static unsigned int next(unsigned int* state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

static void discrete(void)
{
    int in[kStates] = {kStates, kStates, kStates};
    ghmm_dmodel* model = ghmm_dmodel_calloc(kSymbols, kStates, GHMM_kDiscreteHMM, in, in);
    model->prior = -1;
    for (int s = 0; s < kStates; ++s) {
        ghmm_dstate* const state = &model->s[s];
        state->pi = kStarts[s];
        for (int k = 0; k < kSymbols; ++k) {
            state->b[k] = kShows[s][k];
        }
        for (int to = 0; to < kStates; ++to) {
            state->out_id[to] = to;
            state->out_a[to] = kSteps[s][to];
            state->in_id[to] = to;
            state->in_a[to] = kSteps[to][s];
        }
        state->in_states = state->out_states = kStates;
    }
    ghmm_dseq* sequences = ghmm_dseq_calloc(1);
    sequences->seq[0] = malloc(kLength * sizeof(int));
    sequences->seq_len[0] = kLength;
    sequences->seq_w[0] = 1;
    sequences->total_w = 1;
    unsigned int random = 20261122u;
    int level = 0;
    for (int t = 0; t < kLength; ++t) {
        level = next(&random) % 10 < 8 ? level : (int)(next(&random) % kSymbols);
        sequences->seq[0][t] = next(&random) % 10 < 7 ? level : (int)(next(&random) % kSymbols);
    }
    double likelihood = 0;
    ghmm_dmodel_logp(model, sequences->seq[0], kLength, &likelihood);
    printf("discrete log-likelihood %.12f\n", likelihood);
    int length = 0;
    double way = 0;
    int* const path = ghmm_dmodel_viterbi(model, sequences->seq[0], kLength, &length, &way);
    printf("discrete Viterbi %.12f ", way);
    for (int t = 0; t < length; ++t) {
        printf("%d", path[t]);
    }
    printf("\n");
    ghmm_dmodel_baum_welch_nstep(model, sequences, 5000, 1e-14);
    ghmm_dmodel_logp(model, sequences->seq[0], kLength, &likelihood);
    printf("discrete after Baum-Welch %.10f\n", likelihood);
    for (int s = 0; s < kStates; ++s) {
        printf("  next");
        for (int to = 0; to < kStates; ++to) {
            printf(" %.6f", model->s[s].out_a[to]);
        }
        printf("  shows");
        for (int k = 0; k < kSymbols; ++k) {
            printf(" %.6f", model->s[s].b[k]);
        }
        printf("\n");
    }
}

static void numbers(void)
{
    ghmm_cmodel* model = ghmm_cmodel_calloc(kStates, GHMM_kContinuousHMM);
    model->M = 1;
    model->dim = 1;
    model->cos = 1;
    model->prior = -1;
    for (int s = 0; s < kStates; ++s) {
        ghmm_cstate* const state = &model->s[s];
        ghmm_cstate_alloc(state, 1, kStates, kStates, 1);
        state->M = 1;
        state->pi = kStarts[s];
        state->c[0] = 1;
        state->e[0].type = normal;
        state->e[0].dimension = 1;
        state->e[0].mean.val = kMeans[s];
        state->e[0].variance.val = kDeviations[s] * kDeviations[s];
        state->in_states = state->out_states = kStates;
        for (int to = 0; to < kStates; ++to) {
            state->out_id[to] = to;
            state->out_a[0][to] = kSteps[s][to];
            state->in_id[to] = to;
            state->in_a[0][to] = kSteps[to][s];
        }
    }
    ghmm_cseq* sequences = ghmm_cseq_calloc(1);
    sequences->dim = 1;
    sequences->seq[0] = malloc(kLength * sizeof(double));
    sequences->seq_len[0] = kLength;
    sequences->seq_w[0] = 1;
    sequences->total_w = 1;
    unsigned int random = 4711u;
    int level = 0;
    for (int t = 0; t < kLength; ++t) {
        level = next(&random) % 10 < 8 ? level : (int)(next(&random) % kStates);
        double noise = 0; /* about normal: the sum of four even ones */
        for (int i = 0; i < 4; ++i) {
            noise += next(&random) % 1000 / 1000.0 - 0.4995;
        }
        sequences->seq[0][t] = 1.75 * (level - 1) + noise;
    }
    double likelihood = 0;
    ghmm_cmodel_logp(model, sequences->seq[0], kLength, &likelihood);
    printf("normal log-likelihood %.12f\n", likelihood);
    double way = 0;
    int* const path = ghmm_cmodel_viterbi(model, sequences->seq[0], kLength, &way);
    printf("normal Viterbi %.12f ", way);
    for (int t = 0; t < kLength; ++t) {
        printf("%d", path[t]);
    }
    printf("\n");
    for (int again = 0; again < 200; ++again) { /* it ends where a pass gains less than 0.0001 of the likelihood, whatever it is told */
        ghmm_cmodel_baum_welch_context context = {model, sequences, &likelihood, 1e-14, 500};
        ghmm_cmodel_baum_welch(&context);
    }
    ghmm_cmodel_logp(model, sequences->seq[0], kLength, &likelihood);
    printf("normal after Baum-Welch %.10f\n", likelihood);
    for (int s = 0; s < kStates; ++s) {
        printf("  next");
        for (int to = 0; to < kStates; ++to) {
            printf(" %.6f", model->s[s].out_a[0][to]);
        }
        printf("  mean %.6f variance %.6f\n", model->s[s].e[0].mean.val, model->s[s].e[0].variance.val);
    }
}

int main(void)
{
    ghmm_set_loglevel(1);
    discrete();
    numbers();
    return 0;
}
