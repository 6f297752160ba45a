/** Files of the sample app by path, relative to the repository. A path that ends in `*` is executable. */
export type Files = Readonly<Record<string, string>>;

const plural = (name: string): string => (name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`);
const snake = (name: string): string => name.replaceAll(/(?<=[a-z])[A-Z]/g, letter => `_${letter}`).toLowerCase();
const php = (text: string): string => `<?php\n\n${text.trim()}\n`;
const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export type Entity = {readonly name: string; readonly fields: readonly string[]; readonly createdAt: string};

/** `evaluation-templates`: the entity's place below /api. */
export const routeOf = ({name}: Pick<Entity, 'name'>): string => plural(snake(name)).replaceAll('_', '-');

const model = ({name, fields}: Entity): string =>
	php(`
namespace App\\Models;

use Illuminate\\Database\\Eloquent\\Factories\\HasFactory;
use Illuminate\\Database\\Eloquent\\Model;

class ${name} extends Model
{
    use HasFactory;

    protected $fillable = [${fields.map(field => `'${field}'`).join(', ')}];
}
`);

const controller = ({name}: Entity): string =>
	php(`
namespace App\\Http\\Controllers\\Api;

use App\\Http\\Controllers\\Controller;
use App\\Http\\Requests\\Store${name}Request;
use App\\Http\\Resources\\${name}Resource;
use App\\Models\\${name};

class ${name}Controller extends Controller
{
    public function index()
    {
        return ${name}Resource::collection(${name}::query()->latest()->paginate(25));
    }

    public function store(Store${name}Request $request)
    {
        return new ${name}Resource(${name}::create($request->validated()));
    }

    public function show(${name} $${camel(name)})
    {
        return new ${name}Resource($${camel(name)});
    }

    public function destroy(${name} $${camel(name)})
    {
        $this->authorize('delete', $${camel(name)});
        $${camel(name)}->delete();

        return response()->noContent();
    }
}
`);

const request = ({name, fields}: Entity): string =>
	php(`
namespace App\\Http\\Requests;

use Illuminate\\Foundation\\Http\\FormRequest;

class Store${name}Request extends FormRequest
{
    public function rules(): array
    {
        return [
${fields.map(field => `            '${field}' => ['required', '${field.endsWith('_id') ? 'integer' : 'string'}'],`).join('\n')}
        ];
    }
}
`);

const resource = ({name, fields}: Entity): string =>
	php(`
namespace App\\Http\\Resources;

use Illuminate\\Http\\Resources\\Json\\JsonResource;

class ${name}Resource extends JsonResource
{
    public function toArray($request): array
    {
        return [
            'id' => $this->id,
${fields.map(field => `            '${field}' => $this->${field},`).join('\n')}
        ];
    }
}
`);

const policy = ({name}: Entity): string =>
	php(`
namespace App\\Policies;

use App\\Models\\${name};
use App\\Models\\User;

class ${name}Policy
{
    public function delete(User $user, ${name} $${camel(name)}): bool
    {
        return $user->can('${snake(name)}.delete');
    }
}
`);

const factory = ({name, fields}: Entity): string =>
	php(`
namespace Database\\Factories;

use App\\Models\\${name};
use Illuminate\\Database\\Eloquent\\Factories\\Factory;

class ${name}Factory extends Factory
{
    protected $model = ${name}::class;

    public function definition(): array
    {
        return [
${fields.map(field => `            '${field}' => $this->faker->${field.endsWith('_id') ? 'randomNumber(3)' : 'sentence(3)'},`).join('\n')}
        ];
    }
}
`);

const featureTest = (entity: Entity): string =>
	php(`
namespace Tests\\Feature;

use App\\Models\\${entity.name};
use Tests\\TestCase;

class ${entity.name}Test extends TestCase
{
    public function test_lists_${snake(plural(entity.name))}(): void
    {
        ${entity.name}::factory()->count(3)->create();

        $this->getJson('/api/${routeOf(entity)}')->assertOk()->assertJsonCount(3, 'data');
    }
}
`);

/** A migration that makes one table. `createdAt` is the file's date, `2026_01_05`. */
const migration = ({name, fields, createdAt}: Entity, index: number): Files => {
	const table = snake(plural(name));
	const time = String(90_000 + index).padStart(6, '0');
	return {
		[`backend/database/migrations/${createdAt}_${time}_create_${table}_table.php`]: php(`
use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Database\\Schema\\Blueprint;
use Illuminate\\Support\\Facades\\Schema;

return new class extends Migration
{
    public function up(): void
    {
        Schema::create('${table}', function (Blueprint $table) {
            $table->id();
${fields.map(field => (field.endsWith('_id') ? `            $table->foreignId('${field}');` : `            $table->string('${field}');`)).join('\n')}
            $table->timestamps();
        });
    }

    public function down(): void
    {
        Schema::dropIfExists('${table}');
    }
};
`),
	};
};

/** Everything one entity needs: model, controller, request, resource, policy, factory, test, migration. */
export const entityFiles = (entity: Entity, index: number): Files => {
	const {name} = entity;
	return {
		[`backend/app/Models/${name}.php`]: model(entity),
		[`backend/app/Http/Controllers/Api/${name}Controller.php`]: controller(entity),
		[`backend/app/Http/Requests/Store${name}Request.php`]: request(entity),
		[`backend/app/Http/Resources/${name}Resource.php`]: resource(entity),
		[`backend/app/Policies/${name}Policy.php`]: policy(entity),
		[`backend/database/factories/${name}Factory.php`]: factory(entity),
		[`backend/tests/Feature/${name}Test.php`]: featureTest(entity),
		...migration(entity, index),
	};
};

/** routes/api.php: the health route, one list and one item route an entity, and `extra` lines. */
export const apiRoutes = (entities: readonly Entity[], extra: readonly string[] = []): string =>
	php(`
use App\\Http\\Controllers\\Api;
use App\\Http\\Controllers\\HealthController;
use Illuminate\\Support\\Facades\\Route;

Route::get('/health', HealthController::class);
${entities
	.map(
		entity =>
			`Route::get('/${routeOf(entity)}', [Api\\${entity.name}Controller::class, 'index']);\n` +
			`Route::post('/${routeOf(entity)}', [Api\\${entity.name}Controller::class, 'store']);\n` +
			`Route::get('/${routeOf(entity)}/{id}', [Api\\${entity.name}Controller::class, 'show']);`,
	)
	.join('\n')}
${extra.join('\n')}
`);
