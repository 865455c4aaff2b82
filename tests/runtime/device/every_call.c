/* Every call of the driver's API once or more, right and wrong, with threads.
   Arguments: a binary, a folder for dumps, and the bytes of the expected output. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "standard_api.h"

#define THREADS 4
#define JOBS 20

static int failures;

static void check(const char *what, long found, long expected) {
    if (found != expected) {
        printf("%s: expected %#lx, found %#lx\n", what, expected, found);
        failures++;
    }
}

#define IS(call, status) check(#call, call, AIPU_STATUS_##status)

static aipu_ctx_handle_t *ctx;
static uint64_t graph;
static char input[768], expected[10];
static int called;

static int callback(uint64_t job, aipu_job_status_t state) {
    called += state == AIPU_JOB_STATUS_DONE;
    return 0;
}

static void *many(void *unused) {
    for (int count = 0; count < JOBS; count++) {
        uint64_t job = 0;
        char output[10] = {0};
        IS(aipu_create_job(ctx, graph, &job, 0), SUCCESS);
        IS(aipu_load_tensor(ctx, job, 0, input), SUCCESS);
        IS(aipu_finish_job(ctx, job, -1), SUCCESS);
        IS(aipu_get_tensor(ctx, job, AIPU_TENSOR_TYPE_OUTPUT, 0, output), SUCCESS);
        check("output", memcmp(output, expected, 10), 0);
        IS(aipu_clean_job(ctx, job), SUCCESS);
    }
    return unused;
}

static void jobs(const char *folder) {
    uint64_t job;
    uint32_t count;
    char output[10];
    aipu_tensor_desc_t desc;
    aipu_job_status_t state;
    aipu_create_job_cfg_t config = {0};
    aipu_job_config_dump_t dump = {folder, 0, 0, 0};
    aipu_job_config_simulation_t simulation = {folder};
    IS(aipu_get_tensor_count(ctx, graph, AIPU_TENSOR_TYPE_INPUT, &count), SUCCESS);
    check("inputs", count, 1);
    IS(aipu_get_tensor_descriptor(ctx, graph, AIPU_TENSOR_TYPE_INPUT, 0, &desc), SUCCESS);
    check("size", desc.size, 768);
    check("type", desc.data_type, AIPU_DATA_TYPE_S8);
    check("scale", desc.scale > 0 && desc.scale < 1, 1);
    IS(aipu_get_tensor_descriptor(ctx, graph, AIPU_TENSOR_TYPE_INPUT, 1, &desc), ERROR_INVALID_TENSOR_ID);
    IS(aipu_create_job(ctx, graph, &job, &config), SUCCESS);
    IS(aipu_config_job(ctx, job, AIPU_CONFIG_TYPE_SIMULATION, &simulation), SUCCESS);
    IS(aipu_config_job(ctx, job, AIPU_JOB_CONFIG_TYPE_DUMP_OUTPUT, &dump), SUCCESS);
    IS(aipu_config_job(ctx, job, AIPU_JOB_CONFIG_TYPE_DUMP_OUTPUT, 0), ERROR_NULL_PTR);
    IS(aipu_get_tensor(ctx, job, AIPU_TENSOR_TYPE_OUTPUT, 0, output), ERROR_INVALID_OP);
    IS(aipu_load_tensor(ctx, job, 0, 0), ERROR_NULL_PTR);
    IS(aipu_load_tensor(ctx, job, 7, input), ERROR_INVALID_TENSOR_ID);
    IS(aipu_load_tensor(ctx, job, 0, input), SUCCESS);
    IS(aipu_flush_job(ctx, job, callback), SUCCESS);
    IS(aipu_get_job_status(ctx, job, &state, -1), SUCCESS);
    check("state", state, AIPU_JOB_STATUS_DONE);
    IS(aipu_get_tensor(ctx, job, AIPU_TENSOR_TYPE_OUTPUT, 0, output), SUCCESS);
    check("output", memcmp(output, expected, 10), 0);
    IS(aipu_finish_job(ctx, job, 60000), SUCCESS);
    check("called", called, 1);
    IS(aipu_specify_iobuf(ctx, job, 0), ERROR_OP_NOT_SUPPORTED);
    IS(aipu_clean_job(ctx, job), SUCCESS);
    IS(aipu_clean_job(ctx, job), ERROR_INVALID_JOB_ID);
    IS(aipu_finish_job(ctx, graph, 0), ERROR_INVALID_JOB_ID);
}

static void batches(const char *folder) {
    uint32_t queue;
    char first[10], second[10], *inputs[] = {input}, *one[] = {first}, *two[] = {second};
    aipu_job_config_dump_t dump = {folder, 0, 0, 0};
    IS(aipu_create_batch_queue(ctx, graph, &queue), SUCCESS);
    IS(aipu_config_batch_dump(ctx, graph, queue, AIPU_JOB_CONFIG_TYPE_DUMP_INPUT, &dump), SUCCESS);
    IS(aipu_add_batch(ctx, graph, queue, inputs, one), SUCCESS);
    IS(aipu_add_batch(ctx, graph, queue, inputs, two), SUCCESS);
    IS(aipu_finish_batch(ctx, graph, queue, 0), SUCCESS);
    check("first", memcmp(first, expected, 10), 0);
    check("second", memcmp(second, expected, 10), 0);
    IS(aipu_clean_batch_queue(ctx, graph, queue), SUCCESS);
    IS(aipu_finish_batch(ctx, graph, queue, 0), ERROR_NO_BATCH_QUEUE);
}

static void device(void) {
    uint32_t count = 7;
    char target[64];
    device_status_t status;
    aipu_driver_version_t version;
    aipu_bin_buildversion_t build = {graph, 0};
    aipu_is_ds_t shapes = {graph, true};
    IS(aipu_get_partition_count(ctx, &count), SUCCESS);
    IS(aipu_get_cluster_count(ctx, 0, &count), SUCCESS);
    IS(aipu_get_core_count(ctx, 0, 0, &count), SUCCESS);
    check("cores", count, 1);
    IS(aipu_get_core_count(ctx, 0, 3, &count), ERROR_INVALID_CLUSTER_ID);
    IS(aipu_get_target(ctx, target), SUCCESS);
    check("target", strcmp(target, "Z1_0701"), 0);
    IS(aipu_get_device_status(ctx, &status), SUCCESS);
    IS(aipu_ioctl(ctx, AIPU_IOCTL_GET_VERSION, &version), SUCCESS);
    check("version", version.umd_version[0], '4');
    IS(aipu_ioctl(ctx, AIPU_IOCTL_GET_AIPUBIN_BUILDVERSION, &build), SUCCESS);
    check("build", build.aipubin_buildversion, 6);
    IS(aipu_ioctl(ctx, AIPU_IOCTL_IS_DS, &shapes), SUCCESS);
    check("shapes", shapes.dynamic_shape, false);
    IS(aipu_ioctl(ctx, AIPU_IOCTL_ENABLE_TICKCOUNTER, 0), SUCCESS);
    IS(aipu_ioctl(ctx, AIPU_IOCTL_ALLOC_DMABUF, 0), ERROR_OP_NOT_SUPPORTED);
    IS(aipu_ioctl(ctx, 12345, 0), ERROR_INVALID_OP);
    IS(aipu_debugger_get_core_info(ctx, 0, 0), ERROR_OP_NOT_SUPPORTED);
    IS(aipu_debugger_get_job_info(ctx, 0, 0), ERROR_OP_NOT_SUPPORTED);
    IS(aipu_debugger_bind_job(ctx, 0, 0), ERROR_OP_NOT_SUPPORTED);
    IS(aipu_debugger_run_job(ctx, 0), ERROR_OP_NOT_SUPPORTED);
    IS(aipu_debugger_malloc(ctx, 0, 0), ERROR_OP_NOT_SUPPORTED);
    IS(aipu_debugger_free(ctx, 0), ERROR_OP_NOT_SUPPORTED);
    IS(aipu_printf(0, 0), ERROR_OP_NOT_SUPPORTED);
}

static void wrong(void) {
    uint64_t id;
    const char *words;
    aipu_ctx_handle_t other = {77};
    IS(aipu_init_context(0), ERROR_NULL_PTR);
    IS(aipu_create_job(0, graph, &id, 0), ERROR_NULL_PTR);
    IS(aipu_create_job(ctx, graph, 0, 0), ERROR_NULL_PTR);
    IS(aipu_create_job(&other, graph, &id, 0), ERROR_INVALID_CTX);
    IS(aipu_create_job(ctx, 5, &id, 0), ERROR_INVALID_GRAPH_ID);
    IS(aipu_load_graph(ctx, "missing.bin", &id, 0), ERROR_OPEN_FILE_FAIL);
    IS(aipu_get_error_message(ctx, AIPU_STATUS_ERROR_OPEN_FILE_FAIL, &words), SUCCESS);
    check("words", strstr(words, "missing.bin") != 0, 1);
    IS(aipu_load_graph_helper(ctx, "AIPU BIN", 8, &id, 0), ERROR_UNKNOWN_BIN);
    IS(aipu_load_share_weight_graph(ctx, "a.zip", 0, 0, 0), ERROR_OP_NOT_SUPPORTED);
    IS(aipu_config_global(ctx, 3, 0), ERROR_INVALID_CONFIG);
}

int main(int count, char **words) {
    pthread_t threads[THREADS];
    aipu_global_config_simulation_t simulation;
    aipu_global_config_hw_t board = {true, true};
    FILE *file = fopen(words[3], "rb");
    if (count != 4 || !file || fread(expected, 1, 10, file) != 10)
        return 2;
    fclose(file);
    memset(&simulation, 0, sizeof simulation);
    IS(aipu_init_context(&ctx), SUCCESS);
    simulation.log_file_path = words[2];
    IS(aipu_config_global(ctx, AIPU_CONFIG_TYPE_SIMULATION, &simulation), SUCCESS);
    IS(aipu_config_global(ctx, AIPU_CONFIG_TYPE_HW, &board), SUCCESS);
    IS(aipu_load_graph(ctx, words[1], &graph, 0), SUCCESS);
    jobs(words[2]);
    batches(words[2]);
    device();
    wrong();
    for (int number = 0; number < THREADS; number++)
        pthread_create(&threads[number], 0, many, 0);
    for (int number = 0; number < THREADS; number++)
        pthread_join(threads[number], 0);
    IS(aipu_unload_graph(ctx, graph), SUCCESS);
    IS(aipu_unload_graph(ctx, graph), ERROR_INVALID_GRAPH_ID);
    IS(aipu_deinit_context(ctx), SUCCESS);
    IS(aipu_deinit_context(ctx), ERROR_INVALID_CTX);
    printf("%d failures\n", failures);
    return failures != 0;
}
