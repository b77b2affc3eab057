/* responses_check.c - what one may ask for on another's account: one of the models that are listed,
 * with tools of one's own.
 *
 * WHY  What the account has stored (responses, conversations, files behind hosted tools) is not the
 * asker's to reach, and what runs on after the answer is counted by nobody. A name that stands
 * twice would be read by us as one thing and by the upstream as the other. */
#include "call/keys.h"
#include "call/responses.h"

static bool is_twice(const struct mn_json *object)
{
    for (const struct mn_json *m = mn_json_first(object); m != NULL; m = mn_json_next(m)) {
        for (const struct mn_json *n = mn_json_next(m); n != NULL; n = mn_json_next(n)) {
            if (mn_str_same(mn_json_key(m), mn_json_key(n)))
                return true;
        }
    }
    return false;
}

static bool is_given(const struct mn_json *body, const char *name)
{
    const struct mn_json *v = mn_json_get(body, name);

    return v != NULL && mn_json_kind(v) != MN_JSON_NULL;
}

static const char *check_tools(const struct mn_json *tools)
{
    for (const struct mn_json *tool = mn_json_first(tools); tool != NULL;
         tool = mn_json_next(tool)) {
        struct mn_str type = mn_json_str(tool, "type");

        if (mn_json_count(tool) > 32 || is_twice(tool) ||
            (!mn_str_is(type, "function") && !mn_str_is(type, "custom")))
            return "Tools may be of the types function and custom here.";
    }
    return NULL;
}

const char *mn_responses_check(const struct mn_json *body, const char *models, const char **param)
{
    static const char *const stored[] = {"previous_response_id", "conversation", "prompt", NULL};

    *param = NULL;
    if (mn_json_kind(body) != MN_JSON_OBJECT)
        return "The body of the request is not an object.";
    if (mn_json_count(body) > 64 || is_twice(body))
        return "The body has too many members, or one of them twice.";
    *param = "model";
    if (!mn_key_names(models, mn_json_str(body, "model")))
        return "This model is not among those that may be asked here.";
    for (const char *const *name = stored; *name != NULL; name++) {
        *param = *name;
        if (is_given(body, *name))
            return "What is stored cannot be referred to here: send all of the input.";
    }
    *param = "background";
    if (is_given(body, "background") && mn_json_bool(body, "background", true))
        return "Responses are not made in the background here.";
    *param = "tools";
    return check_tools(mn_json_get(body, "tools"));
}
